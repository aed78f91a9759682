"""Finished work, kept by a digest of what it was made from."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

SHORT = 16


def home() -> Path:
    """Returns the folder in which tools keep what they made: outside any checkout."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "rookery"


def digest(*inputs: str | bytes | Path) -> str:
    """Returns a digest of texts, and of files and whole folders by content, name and mode."""
    total = hashlib.sha256()
    for each in inputs:
        for name, content in _parts(each):
            total.update(f"{name}\0{len(content)}\0".encode())
            total.update(content)
    return total.hexdigest()[:SHORT]


def _parts(given: str | bytes | Path) -> Iterator[tuple[str, bytes]]:
    if isinstance(given, str):
        yield "text", given.encode()
    elif isinstance(given, bytes):
        yield "bytes", given
    elif given.is_dir():
        for path in sorted(given.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                name = f"{path.relative_to(given)} {path.stat().st_mode & 0o111:o}"
                yield name, path.read_bytes()
    else:
        yield given.name, given.read_bytes()


class Cache:
    """Folders of finished work under one root, one per step and digest of its inputs."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def of(cls, tool: str) -> Self:
        """Returns the cache of the tool of that name."""
        return cls(home() / tool)

    def path(self, step: str, key: str) -> Path:
        """Names the folder with the step's result once it is finished."""
        return self.root / "steps" / step / key

    def folder(self, step: str, key: str, build: Callable[[Path], None]) -> Path:
        """Returns the step's finished folder; builds it if it is not there.

        `build` fills a folder beside it, which is renamed at the end, so what a killed run left is
        never taken for a result. Results of the same step with other inputs are removed.
        """
        finished = self.path(step, key)
        if finished.is_dir():
            return finished
        partial = finished.with_name(f"{finished.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        build(partial)
        partial.rename(finished)
        for other in finished.parent.iterdir():
            if other != finished:
                shutil.rmtree(other)
        return finished

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lets one run in at a time; a second waits until the first has ended, however it ends."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
