"""The supervisor: holds a stack up for as long as it lives itself, and never longer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from rookery_core.errors import Unavailable
from rookery_local import addresses, credentials
from rookery_local.addresses import Demanded
from rookery_local.guard import Guard
from rookery_local.home import Home
from rookery_local.leftovers import stop_leftovers
from rookery_local.lock import StackLock, holder
from rookery_local.stack import Announce, Stack

CHECK_SECONDS = 0.2


@dataclass(frozen=True)
class Wishes:
    """What a person may say about a stack that is to be started."""

    ports: Demanded = field(default_factory=Demanded)
    specs: Path | None = None


@dataclass(frozen=True)
class Supervised:
    """A stack that is up, and the guard that sees to its end."""

    stack: Stack
    guard: Guard

    def check(self) -> None:
        """All is as it should be.

        Raises:
            Unavailable: where a part, or the guard, has ended by itself.
        """
        self.stack.check()
        if self.guard.is_gone:
            raise Unavailable(
                f"the stack's guard (process {self.guard.pid}) was killed; start the stack again"
            )

    def watch(self) -> NoReturn:
        """Never returns: a signal or a dead part ends it."""
        while True:
            self.check()
            time.sleep(CHECK_SECONDS)


@contextmanager
def supervised(home: Home, wishes: Wishes, announce: Announce) -> Iterator[Supervised]:
    """Within, the stack is up; afterwards nothing of it runs.

    Raises:
        Refused: where another stack of the folder is up, or a demanded port is taken.
        Unavailable: where a part does not start; also kept in the folder, for `status`.
    """
    home.prepare()
    lock = StackLock(home.lock)
    lock.demand()
    try:
        home.obituary.unlink(missing_ok=True)
        stop_leftovers(home.root)
        stack = _assemble(home, wishes)
        guard = Guard(home, [lock.descriptor])
        try:
            stack.start(announce)
            yield Supervised(stack, guard)
        except Unavailable as error:
            home.obituary.write_text(str(error))
            raise
        finally:
            try:
                stack.stop()
            finally:
                guard.dismiss()
    finally:
        lock.release()


def running_stack(home: Home) -> Stack | None:
    """The stack that some other process holds up in the folder; None where there is none."""
    known = addresses.load(home.addresses)
    if holder(home.lock) is None or known is None or not home.credentials.exists():
        return None
    return Stack(home, _credentials(home), known)


def _assemble(home: Home, wishes: Wishes) -> Stack:
    last = addresses.load(home.addresses)
    chosen = addresses.choose(last, wishes.ports, wishes.specs)
    stack = Stack(home, _credentials(home), chosen)
    addresses.save(home.addresses, chosen)
    return stack


def _credentials(home: Home) -> credentials.Credentials:
    return credentials.load_or_make(home.credentials, home.part("postgres"))
