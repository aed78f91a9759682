"""Scratch folders: what a job has on disk while it works, gone also where it was killed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "rookery-trainer-"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Makes a folder for the time of the block, and removes those whose processes are dead.

    Its process holds a lock on it, which the system takes back however the process ends, also
    where another container has the same disk.
    """
    remove_abandoned()
    folder, held = _locked_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def remove_abandoned() -> None:
    """Removes the scratch folders of this user's processes that have died."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        opened = _opened(folder)
        if opened is None:
            continue
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # its process lives
            continue
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(opened)


def _locked_folder() -> tuple[Path, int]:
    """Makes a folder and locks it; again where another process removed it in between."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        opened = _opened(folder)
        if opened is None:
            continue
        fcntl.flock(opened, fcntl.LOCK_EX)
        if folder.is_dir():
            return folder, opened
        os.close(opened)


def _opened(folder: Path) -> int | None:
    """Opens a folder of this user; None where it is gone, or somebody else's."""
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    if os.fstat(opened).st_uid == os.geteuid():
        return opened
    os.close(opened)
    return None
