"""Memory: what is left to this process, and the limits that a child sets itself."""

import ctypes
import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_PR_SET_PDEATHSIG = 1
"""Of prctl(2): the signal that this process gets when its parent ends."""
_UNLIMITED = 1 << 60
"""Above this, a limit of version 1 says that there is none."""


def memory_left(root: Path = _ROOT, process: Path = Path("/proc")) -> int:
    """Answers how many bytes may be taken before the kernel ends the container, or swaps.

    That is the least of what every control group above this process allows, version 1 or 2, and of
    what the machine has. Pages of files, which the kernel takes back, do not count as used.
    """
    return max(0, min(_available(process), *_groups(root, process)))


def _available(process: Path) -> int:
    for line in (process / "meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return _UNLIMITED


def _groups(root: Path, process: Path) -> Iterator[int]:
    """Yields what each control group leaves; `_UNLIMITED` at least once."""
    yield _UNLIMITED
    for line in (process / "self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            yield from _walked(root, path, "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            yield from _walked(root / "memory", path, *names)


def _walked(root: Path, path: str, limit: str, usage: str, reclaimed: str) -> Iterator[int]:
    # Within a container the path may be the host's: what is there is the container's own root.
    folder = root / path.strip("/")
    for group in (folder, *folder.parents):
        if (group / limit).is_file():
            yield _left(group / limit, group / usage, group / "memory.stat", reclaimed)
        if group == root:
            return


def _left(limit: Path, usage: Path, statistics: Path, reclaimed: str) -> int:
    most = limit.read_text().strip()
    if most == "max" or int(most) >= _UNLIMITED:
        return _UNLIMITED
    lines = dict(line.split() for line in statistics.read_text().splitlines())
    return int(most) - int(usage.read_text()) + int(lines.get(reclaimed, 0))


def limit_child(memory: int, seconds: int) -> Callable[[], int]:
    """Limits this process for good: what it may take from now on, and that it opens no file.

    Answers a function that answers how many bytes it may take still.

    Args:
        memory: bytes that it may hold, those that it holds already among them.
        seconds: of processor time, from its start.
    """
    # The kernel ends this process, and not its parent, where memory runs out all the same.
    Path("/proc/self/oom_score_adj").write_text("1000")
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    pages = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    size, held = _size_and_held(pages)
    for kind, limit in (
        (resource.RLIMIT_AS, size + max(0, memory - held)),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        # Those that it has: its input, its answer, its errors, and its size.
        (resource.RLIMIT_NOFILE, pages + 1),
    ):
        hard = resource.getrlimit(kind)[1]
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (allowed, allowed))
    return lambda: memory - _size_and_held(pages)[1]


def _size_and_held(pages: int) -> tuple[int, int]:
    size, held = (int(number) for number in os.pread(pages, 100, 0).split()[:2])
    page = os.sysconf("SC_PAGESIZE")
    return size * page, held * page
