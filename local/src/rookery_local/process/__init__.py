"""Processes: this one and those that it starts.

- `child_process`: starts, watches and stops one program
- `environment`: the variables that a child gets
- `settings_environment`: settings as the variables that they are read from
- `events`: reads the events in a program's log
- `signals`: turns the signals that end this program into an exception
- `ports`: ports of the loopback interface
"""
