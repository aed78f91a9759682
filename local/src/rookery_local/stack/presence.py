"""Whether the stack that another process keeps up is still up, and why it is not."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil

from rookery_core.errors import Unavailable
from rookery_local.folder.holder import Holder
from rookery_local.folder.home import Home
from rookery_local.folder.lock import holder
from rookery_local.stack.supervisor import CHECK_SECONDS

AFTERMATH_SECONDS = 5 * CHECK_SECONDS
"""How long after the end of a server its supervisor may take to notice it."""
POLL_SECONDS = 0.05

Watch = Callable[[], None]
"""Raises StackEnded once the stack has ended."""


class StackEnded(Unavailable):
    """The stack has ended; the message says why."""


def presence(home: Home) -> Watch:
    """Makes the check that the stack of the folder, which is up now, is still up."""
    supervisor = holder(home.lock)

    def check() -> None:
        now = holder(home.lock)
        if supervisor is None or now is None or not _stays(supervisor, now):
            why = _report(home) or "it was stopped, or its supervisor was killed"
            raise StackEnded(f"the stack has ended: {why}\n`rookery up` starts it again")

    return check


@contextmanager
def explained(watch: Watch) -> Iterator[None]:
    """Blames the end of the stack for a failure in the block, where the stack has ended.

    Raises:
        StackEnded: that is so.
    """
    try:
        yield
    except StackEnded:
        raise
    except Unavailable:
        deadline = time.monotonic() + AFTERMATH_SECONDS
        while time.monotonic() < deadline:
            watch()
            time.sleep(POLL_SECONDS)
        raise


def absence(home: Home) -> str:
    """Says that no stack is up in the folder, what helps, and how the last one ended, if it did."""
    none = f"no stack is up in {home.root}; start it with `rookery up`"
    why = _report(home)
    return f"{none}\nThe last one ended by itself: {why}" if why else none


def ending(home: Home) -> str:
    """Says that the stack of the folder is stopping, what helps, and why if by itself."""
    stopping = f"the stack in {home.root} is stopping; start it again with `rookery up`"
    why = _report(home)
    return f"{stopping}\nIt ended by itself: {why}" if why else stopping


def _stays(supervisor: Holder, now: Holder) -> bool:
    # Of a supervisor that was killed, its reaper holds the lock until the servers have ended.
    return now.pid == supervisor.pid and not now.is_ending and psutil.pid_exists(now.pid)


def _report(home: Home) -> str:
    try:
        return home.exit_report.read_text()
    except FileNotFoundError:
        return ""
