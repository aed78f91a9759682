"""The reaper: a small process that stops what is left of a stack when its supervisor is gone.

It waits for the end of its standard input, which comes when the supervisor closes it or dies,
even by SIGKILL. Then it stops all processes of the stack. It holds the lock until it is done.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from rookery_local.folder.home import Home
from rookery_local.process.environment import child_environment
from rookery_local.stack.leftovers import GRACE_SECONDS, stop_leftovers


class Reaper:
    """The supervisor's side of its reaper."""

    def __init__(self, home: Home, held: Collection[int] = ()) -> None:
        """Starts the reaper; it keeps the descriptors `held` open."""
        self._popen = subprocess.Popen(
            [sys.executable, "-m", __name__, str(home.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Without the mark: otherwise it would be a leftover itself.
            env=child_environment(home.temporary),
            cwd=home.root,
            pass_fds=tuple(held),
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The process id of the reaper."""
        return self._popen.pid

    @property
    def is_gone(self) -> bool:
        """Says whether the reaper has ended."""
        return self._popen.poll() is not None

    def dismiss(self) -> None:
        """Lets the reaper stop what is left of the stack, and waits for its end."""
        assert self._popen.stdin is not None
        self._popen.stdin.close()
        self._popen.wait(3 * GRACE_SECONDS)


def main() -> None:
    """Waits for the end of standard input, then stops what is left of the stack in `argv[1]`."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # If a shutdown signals every process, the reaper must be the last to end.
        signal.signal(number, signal.SIG_IGN)
    while os.read(sys.stdin.fileno(), 1):
        continue
    stop_leftovers(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
