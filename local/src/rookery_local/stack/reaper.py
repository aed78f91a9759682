"""The reaper of a stack: a small process that outlives the supervisor by one deed.

It waits for the end of its standard input, which comes when the supervisor closes it or dies,
even by SIGKILL; then it stops whatever the stack has left. Until it is done it holds the lock.
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
        """The reaper watches from now on; it holds the descriptors open as well."""
        self._popen = subprocess.Popen(
            [sys.executable, "-m", __name__, str(home.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Without the mark: it does not count itself among the leftovers.
            env=child_environment(home.temporary),
            cwd=home.root,
            pass_fds=tuple(held),
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The reaper's process id."""
        return self._popen.pid

    @property
    def is_gone(self) -> bool:
        """Whether somebody has stopped the reaper."""
        return self._popen.poll() is not None

    def dismiss(self) -> None:
        """Nothing of the stack runs any more, the reaper included."""
        assert self._popen.stdin is not None
        self._popen.stdin.close()
        self._popen.wait(3 * GRACE_SECONDS)


def main() -> None:
    """Waits for the end of standard input, then stops what is left of the stack in `argv[1]`."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A shutdown that signals everybody must not take the reaper before its charges.
        signal.signal(number, signal.SIG_IGN)
    while os.read(sys.stdin.fileno(), 1):
        continue
    stop_leftovers(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
