"""Which files of a folder are opened, told by the kernel (inotify(7))."""

import ctypes
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

_IN_OPEN, _IN_NONBLOCK = 0x20, os.O_NONBLOCK


class Watched:
    """A folder while it is watched, a context."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = libc.inotify_init1(_IN_NONBLOCK)
        assert self._descriptor >= 0
        path = os.fsencode(self._folder)
        assert libc.inotify_add_watch(self._descriptor, path, _IN_OPEN) >= 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    def opened(self) -> list[str]:
        """The names of the files that were opened since the last time."""
        names: list[str] = []
        while True:
            try:
                events = os.read(self._descriptor, 65536)
            except BlockingIOError:
                return names
            while events:
                (length,) = struct.unpack_from("I", events, 12)
                names.append(events[16 : 16 + length].rstrip(b"\0").decode())
                events = events[16 + length :]
