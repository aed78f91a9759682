"""Models of the embedded stack: training them, asking them, changing the champion.

- `demo`: from the shipped CSV to two served champions
- `training`: ingests and trains a model
- `table_run`: from a table to an answer, `rookery run`
- `table_spec`: the spec of a table: written once, then kept
- `prediction`: asks the API for a prediction
- `given_values`: the values of a command line, as a request holds them
- `model_cards`: what the API says of each model, shown as a table
- `model_versions`: what the registry says of a version: champion, trained on which data, barred
- `quarantine`: which records are no rows of their table, counted by reason
- `spec_proposal`: the spec of a new table, written and shown
- `spec_check`: what is wrong with the file of a spec, and what it does to the rows of a table
- `spec_text`: changes values in the text of a spec, and nothing else
- `rollback`: makes an earlier champion the champion again
- `retention`: removes old sweeps, a line for each
- `forgetting`: erases a row, and replaces and removes what was trained on it
- `overtaken`: what has read a forgotten row, in a stack or a cluster
"""
