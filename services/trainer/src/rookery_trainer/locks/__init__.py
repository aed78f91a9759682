"""Named locks between trainers.

- `lock`: takes a lock, holds it, notices its loss; the names of all locks
- `retry`: does work under a lock, again where the error may pass
- `session`: the limits of the session that is the lock
"""
