"""The command line `rookery`.

- `command_line`: the options and the list of commands; begin here
- `help_text`: the help of each command, made of its docstring
- `session`: what every command starts from: options, terminal, the stack that is up
- `stack_commands`: up, down, status, logs
- `model_commands`: demo, ingest, train, predict, quarantine, rollback, retention
- `run_command`: run
- `forget_command`: forget, and `rookery cluster forget`
- `table_commands`: init and check, for a table that is no model yet
- `cluster_commands`: retrain, and `rookery cluster ...`
- `cluster_model_commands`: of these, add, upload and quarantine
- `secrets_command`: of these, secrets
- `cluster_options`: the options that they share
"""
