"""The programs that make a cluster: docker, kind, kubectl and helm, found and run."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rookery_core.errors import Refused, Unavailable

SOURCES = {
    "docker": "https://docs.docker.com/engine/install/",
    "kind": "https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
    "kubectl": "https://kubernetes.io/docs/tasks/tools/",
    "helm": "https://helm.sh/docs/intro/install/",
}
TAIL = 30
STOP_SECONDS = 30.0


class ProgramFailed(Unavailable):
    """A program ended with another exit code than 0."""


def require() -> None:
    """Checks that every program is on the PATH, and that a Docker engine answers.

    Raises:
        Refused: something is missing; says what, and where to get it.
    """
    missing = [program for program in SOURCES if shutil.which(program) is None]
    if missing:
        where = "".join(f"\n  {program:8} {SOURCES[program]}" for program in missing)
        raise Refused(
            f"not on the PATH: {', '.join(missing)}. Install from{where}\n"
            "or, where no image registry is reachable: make airgap"
        )
    if not succeeds("docker", "version"):
        raise Refused(
            "no Docker engine answers (`docker version` says why): start it, or add yourself to "
            "its group; or, where no image registry is reachable: make airgap"
        )


def output(*argv: str | Path) -> str:
    """Runs the program and returns what it wrote to standard output.

    Raises:
        ProgramFailed: it failed; with what it wrote to standard error.
    """
    done = subprocess.run([str(each) for each in argv], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProgramFailed(_failed(argv, done.returncode, done.stderr))
    return done.stdout


def succeeds(*argv: str) -> bool:
    """Runs the program; returns whether it ended with 0."""
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def followed(argv: Sequence[str | Path], on_line: Callable[[str], None]) -> None:
    """Runs the program to its end and passes each line of its output to `on_line`.

    Raises:
        ProgramFailed: it failed; with its exit code and its last lines.
    """
    lines: list[str] = []
    with _started(argv, subprocess.PIPE) as running:
        assert running.stdout is not None
        for line in running.stdout:
            lines.append(line.rstrip())
            if line.strip():
                on_line(line.strip())
    if running.returncode:
        raise ProgramFailed(_failed(argv, running.returncode, "\n".join(lines)))


def watched(argv: Sequence[str | Path], watch: Callable[[], None]) -> None:
    """Runs the program to its end and calls `watch` again and again.

    An exception from `watch` ends the program.

    Raises:
        ProgramFailed: the program failed; with its last lines.
    """
    with tempfile.TemporaryFile("w+") as said:
        with _started(argv, said.fileno()) as running:
            while True:
                try:
                    running.wait(timeout=1)
                    break
                except subprocess.TimeoutExpired:
                    watch()
        if running.returncode:
            said.seek(0)
            raise ProgramFailed(_failed(argv, running.returncode, said.read()))


@contextmanager
def _started(argv: Sequence[str | Path], sink: int) -> Iterator["subprocess.Popen[str]"]:
    """Runs the program for the time of the block; stops it if the block ends earlier.

    It has a session of its own: Ctrl-C reaches this program alone, which passes it on once.
    """
    running = subprocess.Popen(
        [str(each) for each in argv],
        stdin=subprocess.DEVNULL,
        stdout=sink,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield running
        running.wait()
    finally:
        _stop(running)
        if running.stdout is not None:
            running.stdout.close()


def _stop(running: "subprocess.Popen[str]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if running.poll() is None:
            os.killpg(running.pid, number)
            try:
                running.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue


def _failed(argv: Sequence[str | Path], code: int, said: str) -> str:
    shown = " ".join(str(each) for each in argv)
    tail = "\n".join(said.strip().splitlines()[-TAIL:])
    return f"`{shown}` ended with {code}:\n{tail}"
