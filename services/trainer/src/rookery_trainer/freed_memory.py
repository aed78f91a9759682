"""Freed memory: goes back to the system at once, so that a process stays as small as its rows."""

import ctypes

import pyarrow as pa

_M_MMAP_THRESHOLD = -3
_MAPPED_BYTES = 1 << 20


def return_freed_memory() -> None:
    """Lets the system have memory back as soon as an array in it is gone.

    Left alone, glibc keeps more and more of what was freed, the larger the arrays were, and Arrow
    keeps pools of its own: after a million rows were read, as much as these take. Where the C
    library is another one, only Arrow's pools go.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _MAPPED_BYTES)
    pa.set_memory_pool(pa.system_memory_pool())


def return_scattered_memory() -> None:
    """Lets the system have what lies free between smaller blocks, which are not mapped.

    Those are what blocks of a stream and row groups are made of; each thread that made some keeps
    a heap. It takes milliseconds.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
