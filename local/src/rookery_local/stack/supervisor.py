"""The supervisor: holds a stack up for as long as it lives itself, and never longer."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from rookery_core.errors import Refused, Unavailable
from rookery_local.folder import credentials
from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock, holder
from rookery_local.stack import addresses
from rookery_local.stack.addresses import RequestedPorts
from rookery_local.stack.leftovers import stop_leftovers, users
from rookery_local.stack.reaper import Reaper
from rookery_local.stack.stack import Announce, Stack

CHECK_SECONDS = 0.2


@dataclass(frozen=True)
class StartOptions:
    """What a person may say about a stack that is to be started."""

    ports: RequestedPorts = field(default_factory=RequestedPorts)
    specs: Path | None = None


@dataclass(frozen=True)
class Supervised:
    """A stack that is up, and the reaper that sees to its end."""

    stack: Stack
    reaper: Reaper

    def check(self) -> None:
        """All is as it should be.

        Raises:
            Unavailable: where a part, or the reaper, has ended by itself.
        """
        self.stack.check()
        if self.reaper.is_gone:
            raise Unavailable(
                f"the stack's reaper (process {self.reaper.pid}) was killed; start the stack again"
            )

    def watch(self) -> NoReturn:
        """Never returns: a signal or a dead part ends it."""
        while True:
            self.check()
            time.sleep(CHECK_SECONDS)


@contextmanager
def supervised(
    home: Home, lock: FolderLock, options: StartOptions, announce: Announce
) -> Iterator[Supervised]:
    """Within, the stack is up; afterwards nothing of it runs, and the folder's lock is given up.

    Raises:
        Refused: where a server still has the folder's data, or a requested port is taken.
        Unavailable: where a part does not start; also kept in the folder, for `status`.
    """
    with closing(lock):
        lock.sign()
        home.prepare()
        home.exit_report.unlink(missing_ok=True)
        stop_leftovers(home.root)
        with closing(_data_of(home)) as data:
            stack = _assemble(home, options, data)
            reaper = Reaper(home, [lock.descriptor])
            try:
                stack.start(announce)
                lock.sign(is_up=True)
                yield Supervised(stack, reaper)
            except Unavailable as error:
                home.exit_report.write_text(str(error))
                raise
            finally:
                try:
                    stack.stop()
                finally:
                    reaper.dismiss()


def _data_of(home: Home) -> FolderLock:
    """The lock that the servers of this stack will hold.

    Raises:
        Refused: where a server of an earlier one holds it: in a folder that was moved since, in
            another container, or as another user, it is not among the leftovers.
    """
    lock = FolderLock(home.data_lock)
    if not lock.take():
        pids = ", ".join(map(str, users(home.data_lock))) or "of another user or container"
        raise Refused(
            f"servers of an earlier stack still have the data in {home.root} (processes {pids}); "
            "end them, then start again"
        )
    return lock


def running_stack(home: Home) -> Stack | None:
    """The stack that some other process holds up in the folder; None where there is none."""
    known = addresses.load(home.addresses)
    if holder(home.lock) is None or known is None or not home.credentials.exists():
        return None
    return Stack(home, _credentials(home), known)


def _assemble(home: Home, options: StartOptions, data: FolderLock) -> Stack:
    last = addresses.load(home.addresses)
    chosen = addresses.choose(last, options.ports, options.specs)
    stack = Stack(home, _credentials(home), chosen, [data.descriptor])
    addresses.save(home.addresses, chosen)
    return stack


def _credentials(home: Home) -> credentials.Credentials:
    return credentials.load_or_make(home.credentials, home.part("postgres"))
