"""A child process: it is started, waited for until it is ready, logged to a file, and stopped."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import psutil

from rookery_core.errors import Unavailable
from rookery_core.waiting import Wait, poll_until

POLL_SECONDS = 0.05
LOG_BYTES = 10 * 1024**2
"""A log of this size or more moves to `*.1`, at the next start or while the program runs."""
GRACE_SECONDS = 15.0
TAIL_LINES = 15
TAIL_BYTES = 16 * 1024
FULL_BYTES = 1024**2
"""A disk with less room than this is full for any program here."""


class Process:
    """One program together with everything that it starts itself.

    It has a process group of its own, so Ctrl-C in the terminal does not reach it: its supervisor
    decides what is stopped, and in which order.
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
        """Prepares the program; `held` are descriptors that it keeps open as long as it lives."""
        self.name = name
        self.log = log
        self.stop_signal = stop_signal
        self.argv = tuple(argv)
        self.environment = dict(environment)
        self._held = tuple(held)
        self._directory = directory
        self._popen: subprocess.Popen[bytes] | None = None
        self._was_asked = False
        self._log_begun = 0

    def start(self) -> None:
        """Starts the program; what it prints is appended to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_name(f"{self.log.name}.1"))
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._was_asked = False
        self._log_begun = os.fstat(descriptor).st_size
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
        """Reads the process id, which is also the id of its process group."""
        assert self._popen is not None, f"{self.name} was not started"
        return self._popen.pid

    @property
    def is_running(self) -> bool:
        """Says whether it was started and has not ended."""
        return self._popen is not None and self._popen.poll() is None

    @property
    def exited(self) -> int | None:
        """Reads the exit code (negative: the signal that killed it); None while it runs."""
        return self._popen.poll() if self._popen else None

    def wait_ready(
        self, is_ready: Callable[[], bool], seconds: float, refusal: Callable[[], str] = str
    ) -> None:
        """Waits until `is_ready()` is true, for at most `seconds`.

        `refusal` says what the program answered last, if anything.

        Raises:
            Unavailable: the program ended or took too long; with the end of its log.
        """

        def ready() -> bool | None:
            if is_ready():
                return True
            if self.exited is not None:
                raise Unavailable(self.exit_report())
            return None

        poll_until(
            ready,
            Wait(seconds, POLL_SECONDS),
            lambda: (
                f"{self.name} was not ready after {seconds:g} s"
                f"{f' ({said})' if (said := refusal()) else ''}; its log ends:\n{self.tail()}"
            ),
        )

    def listens_on(self, port: int) -> bool:
        """Says whether it, or a program that it started, listens on the port."""
        if not self.is_running:
            return False
        try:
            started = psutil.Process(self.pid)
            family = [started, *started.children(recursive=True)]
            sockets = [each for one in family for each in one.net_connections("tcp")]
        except psutil.Error:
            # One of them has ended.
            return False
        return any(
            each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in sockets
        )

    def trim_log(self) -> None:
        """Moves what the log holds to `*.1` if it is long; the program goes on with an empty one.

        It is copied, because the program has the file open. Lines that are written meanwhile may be
        lost.
        """
        try:
            if self.log.stat().st_size <= LOG_BYTES:
                return
        except FileNotFoundError:
            return
        aside = self.log.with_name(f"{self.log.name}.1")
        aside.unlink(missing_ok=True)
        try:
            aside.touch(mode=0o600)
            shutil.copyfile(self.log, aside)
        except OSError:
            # The disk is full: better without old lines than without the stack.
            aside.unlink(missing_ok=True)
        os.truncate(self.log, 0)

    def wait(self, seconds: float) -> int | None:
        """Waits for the end and returns the exit code; None if it still runs after `seconds`."""
        assert self._popen is not None, f"{self.name} was not started"
        try:
            return self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def ask_to_stop(self) -> None:
        """Sends the stop signal to the whole process group, once.

        Servers take a second one as "do not wait", and cut the requests under way.
        """
        if not self._was_asked:
            self._was_asked = True
            self._signal_group(self.stop_signal)

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Stops the whole process group: asks it to stop, and kills it after `grace` seconds."""
        if self._popen is None:
            return
        if self.is_running:
            self.ask_to_stop()
            self.wait(grace)
        # Kill processes that outlive their parent or ignore the request.
        self._signal_group(signal.SIGKILL)
        self._popen.wait()

    def exit_report(self) -> str:
        """Says how the program ended, with the end of its log."""
        code = self.exited
        how = (
            f"was killed by {signal.Signals(-code).name}"
            if code and code < 0
            else f"ended with exit code {code}"
        )
        return f"{self.name} {how}; its log ({self.log}) ends:\n{self.tail()}"

    def tail(self) -> str:
        """Reads the last lines of this start, indented; says if the disk has no room for more."""
        lines = log_tail(self.log, TAIL_LINES, self._log_begun)
        free = shutil.disk_usage(self.log.parent).free
        return "\n".join(f"    {line}" for line in [*lines, *full_disk(self.log, free)])

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            # The group is empty; macOS reports that as a missing permission.
            return


def full_disk(log: Path, free: int) -> list[str]:
    """Says that the disk of the log is full, where it has so few bytes free."""
    if free >= FULL_BYTES:
        return []
    return [f"(the disk of {log.parent} is full: make room, and start it again)"]


def log_tail(log: Path, lines: int, begun: int = 0) -> list[str]:
    """Reads the last lines of a log; returns a placeholder if it is empty or absent.

    What stands before the byte `begun` is not read, unless the log has been moved aside since.
    """
    try:
        with log.open("rb") as stream:
            size = log.stat().st_size
            stream.seek(max(begun if begun <= size else 0, size - TAIL_BYTES))
            text = stream.read().decode(errors="replace")
    except FileNotFoundError:
        text = ""
    return text.splitlines()[-lines:] or ["(empty)"]


def stop_all(processes: Sequence[Process], grace: float = GRACE_SECONDS) -> None:
    """Stops the processes: asks all of them at once, so that they stop at the same time."""
    asked = time.monotonic()
    for process in processes:
        if process.is_running:
            process.ask_to_stop()
    for process in processes:
        process.stop(max(0.0, asked + grace - time.monotonic()))
