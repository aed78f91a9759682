"""Named locks between trainers.

- `lock`: takes a lock, holds it, notices its loss; the names of all locks
- `session`: the database session that is the lock
"""
