"""Folders for servers that may run as another account than the tests."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_folder() -> Iterator[Path]:
    """A new folder that every account may pass through, gone afterwards.

    It lies right in the system's folder for temporary files, for pytest's own are closed to
    others, and a folder that is not ours keeps its mode.
    """
    with tempfile.TemporaryDirectory(prefix="rookery-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder
