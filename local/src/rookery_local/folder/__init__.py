"""The state folder: its paths, who holds it, and its secrets.

- `home`: the paths
- `claim`: takes the folder for one process, or refuses and names the holder
- `lock`: the folder's locks
- `holder`: what a lock's file says of the process that holds it
- `credentials`: the generated passwords and keys
"""
