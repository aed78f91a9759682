"""Claiming a state folder: one process at a time may run a stack in it."""

from rookery_core.errors import Refused
from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock, holder


def claim(home: Home, command: str) -> FolderLock:
    """Makes the folder and takes its lock for this process, which `command` started.

    Raises:
        Refused: another stack of the folder is up or starting, with its holder; or the folder is
            another user's.
    """
    home.make()
    lock = FolderLock(home.lock)
    if not lock.take():
        found = holder(home.lock)
        state = "up" if found is None else found.state
        already = "still" if state == "stopping" else "already"
        raise Refused(
            f"a stack is {already} {state} in {home.root} ({found or 'a process that is ending'}); "
            "`rookery down` stops it, `rookery status` shows it, "
            "--home starts another one elsewhere"
        )
    lock.sign(command)
    return lock
