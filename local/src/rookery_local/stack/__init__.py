"""The embedded stack: all servers of one state folder.

- `supervisor`: holds a stack up for as long as it lives itself; begin here
- `presence`: whether the stack of another process is still up
- `background`: starts and stops a supervisor apart from the terminal
- `stack`: the servers, started and stopped in order
- `addresses`: chooses the ports
- `status`: whether each part answers
- `reaper`: the process that stops what is left when the supervisor dies
- `leftovers`: finds and stops the processes of a stack by their mark
"""
