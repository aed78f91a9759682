"""How much memory the reader of a source may have."""

from pathlib import Path

_LEAST = 256 * 1024**2
_MOST = 2 * 1024**3
_TIMES = 16
"""Bytes of memory for each byte of a file: a small file that wants much is a trap."""
_LIMIT = Path("/sys/fs/cgroup/memory.max")
_USED = Path("/sys/fs/cgroup/memory.current")


def reader_memory(setting: int | None, file_bytes: int | None = None) -> int:
    """Returns the bytes of memory that a reader may have, beyond what it has at its start.

    That is the setting where there is one; else it grows with the file up to 2 GiB, and stays
    within what the container has left.
    """
    if setting is not None:
        return setting
    wanted = _LEAST if file_bytes is None else min(_MOST, max(_LEAST, _TIMES * file_bytes))
    return min(wanted, max(_LEAST // 2, _left()))


def _left() -> int:
    """Returns three quarters of what the container's limit leaves."""
    try:
        limit, used = (int(path.read_text()) for path in (_LIMIT, _USED))
    except (OSError, ValueError):
        # No limit: the file says "max", or there is none.
        return _MOST
    return (limit - used) * 3 // 4
