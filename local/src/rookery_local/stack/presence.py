"""Whether the stack that another process keeps up is still up, and why it is not."""

from collections.abc import Callable

import psutil

from rookery_core.errors import Unavailable
from rookery_local.folder.holder import Holder
from rookery_local.folder.home import Home
from rookery_local.folder.lock import holder


def presence(home: Home) -> Callable[[], None]:
    """Makes the check that the stack of the folder, which is up now, is still up.

    The check raises Unavailable once it is ending or has ended, with the reason if there is one.
    """
    supervisor = holder(home.lock)

    def check() -> None:
        now = holder(home.lock)
        if supervisor is None or now is None or not _stays(supervisor, now):
            raise Unavailable(f"the stack has ended: {_why(home)}\n`rookery up` starts it again")

    return check


def _stays(supervisor: Holder, now: Holder) -> bool:
    # Of a supervisor that was killed, its reaper holds the lock until the servers have ended.
    return now.pid == supervisor.pid and not now.is_ending and psutil.pid_exists(now.pid)


def _why(home: Home) -> str:
    try:
        return home.exit_report.read_text()
    except FileNotFoundError:
        return "it was stopped, or its supervisor was killed"
