"""A supervised child process: it starts, becomes ready, logs to a file and stops."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from rookery_core.errors import Unavailable

POLL_SECONDS = 0.05
LOG_BYTES = 10 * 1024**2
"""From this size on, a log begins anew at the next start; the old one is kept as `*.1`."""
GRACE_SECONDS = 15.0
TAIL_LINES = 15
TAIL_BYTES = 16 * 1024


class Process:
    """One program and, through its process group, whatever it starts itself.

    A group of its own keeps the terminal's Ctrl-C away from it: who stops it, in which order, is
    its supervisor's business.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        log: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        held: Collection[int] = (),
    ) -> None:
        """`held`: descriptors that the program has open for as long as it lives."""
        self.name = name
        self.log = log
        self.stop_signal = stop_signal
        self.argv = tuple(argv)
        self.environment = dict(environment)
        self._held = tuple(held)
        self._directory = directory
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """The program runs; what it prints is appended to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_name(f"{self.log.name}.1"))
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._popen = subprocess.Popen(
                self.argv,
                env=self.environment,
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                pass_fds=self._held,
                start_new_session=True,
            )
        finally:
            os.close(descriptor)

    @property
    def pid(self) -> int:
        """The process id, which is also its group's."""
        assert self._popen is not None, f"{self.name} was not started"
        return self._popen.pid

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._popen is not None and self._popen.poll() is None

    @property
    def exited(self) -> int | None:
        """The exit code (negative: the signal that killed it); None while it runs."""
        return self._popen.poll() if self._popen else None

    def wait_ready(self, is_ready: Callable[[], bool], seconds: float) -> None:
        """`is_ready()` was true, within `seconds`.

        Raises:
            Unavailable: with the tail of the log, where the program ended or took too long.
        """
        deadline = time.monotonic() + seconds
        while not is_ready():
            if self.exited is not None:
                raise Unavailable(self.exit_report())
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"{self.name} was not ready after {seconds:g} s; its log ends:\n{self.tail()}"
                )
            time.sleep(POLL_SECONDS)

    def wait(self, seconds: float) -> int | None:
        """The exit code; None where it still runs after `seconds`."""
        assert self._popen is not None, f"{self.name} was not started"
        try:
            return self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def ask_to_stop(self) -> None:
        """The whole group has the stop signal."""
        self._signal_group(self.stop_signal)

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Nothing of the group runs: asked to stop, killed after `grace` seconds."""
        if self._popen is None:
            return
        if self.is_running:
            self.ask_to_stop()
            self.wait(grace)
        # What outlives its parent, or ignores the request, goes too.
        self._signal_group(signal.SIGKILL)
        self._popen.wait()

    def exit_report(self) -> str:
        """One sentence on how the program ended, and the tail of its log."""
        code = self.exited
        how = (
            f"was killed by {signal.Signals(-code).name}"
            if code and code < 0
            else f"ended with exit code {code}"
        )
        return f"{self.name} {how}; its log ({self.log}) ends:\n{self.tail()}"

    def tail(self) -> str:
        """The last lines of the log, indented."""
        return "\n".join(f"    {line}" for line in log_tail(self.log, TAIL_LINES))

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            # Nobody is left in the group (macOS reports that as a matter of permission).
            return


def log_tail(log: Path, lines: int) -> list[str]:
    """The last lines of a log file; a placeholder where it is empty or absent."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - TAIL_BYTES))
            text = stream.read().decode(errors="replace")
    except FileNotFoundError:
        text = ""
    return text.splitlines()[-lines:] or ["(empty)"]


def stop_all(processes: Sequence[Process], grace: float = GRACE_SECONDS) -> None:
    """None of the processes runs: all asked at once, so that they stop side by side."""
    asked = time.monotonic()
    for process in processes:
        if process.is_running:
            process.ask_to_stop()
    for process in processes:
        process.stop(max(0.0, asked + grace - time.monotonic()))
