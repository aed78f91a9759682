"""The supervisor: keeps a stack up as long as it lives itself, and no longer."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from rookery_core.errors import Refused, Unavailable
from rookery_local.folder import credentials
from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock, holder
from rookery_local.process.ports import is_free
from rookery_local.stack import addresses
from rookery_local.stack.addresses import RequestedPorts
from rookery_local.stack.leftovers import stop_leftovers, users
from rookery_local.stack.reaper import Reaper
from rookery_local.stack.stack import Announce, Stack

CHECK_SECONDS = 0.2
STARTS = 4
"""How often a stack is started, each time on other ports, while others take them before it does."""


@dataclass(frozen=True)
class StartOptions:
    """What a person may choose for a stack that is to start."""

    ports: RequestedPorts = field(default_factory=RequestedPorts)
    specs: Path | None = None
    """The folder of specs; that of the state folder if not given."""


@dataclass(frozen=True)
class Supervised:
    """A stack that is up, with its reaper."""

    stack: Stack
    reaper: Reaper

    def check(self) -> None:
        """Checks that every part and the reaper run.

        Raises:
            Unavailable: a part or the reaper has ended by itself.
        """
        self.stack.check()
        if self.reaper.is_gone:
            raise Unavailable(
                f"the stack's reaper (process {self.reaper.pid}) was killed; start the stack again"
            )

    def watch(self) -> NoReturn:
        """Checks the stack and keeps its logs short, until a signal comes or a part has ended."""
        while True:
            self.check()
            for process in self.stack.processes:
                process.trim_log()
            time.sleep(CHECK_SECONDS)


@contextmanager
def supervised(
    home: Home, lock: FolderLock, options: StartOptions, announce: Announce
) -> Iterator[Supervised]:
    """Keeps the stack up for the time of the block; then stops all of it and gives up the lock.

    Raises:
        Refused: a server still uses the folder's data, or a requested port is in use.
        Unavailable: a part does not start or ends; the folder keeps the reason for `status`.
    """
    with closing(lock):
        lock.sign()
        home.prepare()
        home.exit_report.unlink(missing_ok=True)
        stop_leftovers(home.root)
        with closing(_data_of(home)) as data:
            reaper = Reaper(home, [lock.descriptor])
            with ExitStack() as last:
                last.callback(reaper.dismiss)
                try:
                    stack = _started(home, options, data, announce)
                    last.callback(stack.stop)
                    last.callback(lock.sign, is_ending=True)
                    lock.sign(is_up=True)
                    yield Supervised(stack, reaper)
                except Unavailable as error:
                    home.exit_report.write_text(str(error))
                    raise


def _data_of(home: Home) -> FolderLock:
    """Takes the lock that the servers of this stack are going to hold.

    Raises:
        Refused: a server of an earlier stack holds it. Leftovers do not include a server of a
            folder that was moved since, of another container, or of another user.
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
    """Describes the stack of the folder that another process runs; None if there is none."""
    known = addresses.load(home.addresses)
    if holder(home.lock) is None or known is None or not home.credentials.exists():
        return None
    return Stack(home, _credentials(home), known)


def _started(home: Home, options: StartOptions, data: FolderLock, announce: Announce) -> Stack:
    """Starts a stack; of one that does not start, every part is stopped.

    A port may be taken between its choice and the start of its server: by another stack that is
    starting, or any program. Then everything is started again on other ports.
    """
    avoided: frozenset[int] = frozenset()
    starts = 0
    while True:
        stack = _assemble(home, options, data, avoided)
        starts += 1
        try:
            stack.start(announce)
        except BaseException as error:
            stack.stop()
            others = [port for port in stack.addresses.ports if not is_free(port)]
            if not (isinstance(error, Unavailable) and others and starts < STARTS):
                raise
            avoided |= stack.addresses.ports
        else:
            return stack


def _assemble(
    home: Home, options: StartOptions, data: FolderLock, avoided: frozenset[int]
) -> Stack:
    last = addresses.load(home.addresses)
    chosen = addresses.choose(last, options.ports, options.specs or home.specs, avoided)
    stack = Stack(home, _credentials(home), chosen, [data.descriptor])
    addresses.save(home.addresses, chosen)
    return stack


def _credentials(home: Home) -> credentials.Credentials:
    return credentials.load_or_make(home.credentials, home.part("postgres"))
