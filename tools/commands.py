"""Runs programs: output goes into a log, and a failure is told with the end of it."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.failure import ToolError

TAIL = 25


@contextmanager
def environment(changes: Mapping[str, str]) -> Iterator[None]:
    """Sets these variables for programs that run within the block."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def found(program: str) -> bool:
    """Tells whether the program is on the PATH."""
    return shutil.which(program) is not None


def output(*argv: str | Path, stdin: bytes | None = None) -> str:
    """Returns what the program wrote to standard output.

    Raises:
        ToolError: it failed; the message has the end of what it wrote to standard error.
    """
    done = _run(argv, stdin=stdin)
    if done.returncode:
        raise ToolError(f"{_shown(argv)} failed: {_tail(done.stderr)}")
    return done.stdout.decode(errors="replace").strip()


def succeeds(*argv: str | Path) -> bool:
    """Runs the program, and tells whether it ended with 0."""
    return _run(argv).returncode == 0


def logged(
    argv: Sequence[str | Path],
    log: Path,
    *,
    folder: Path | None = None,
) -> None:
    """Runs the program to its end, its output at the end of `log`.

    Raises:
        ToolError: it ended with something other than 0.
    """
    with log.open("ab") as sink:
        sink.write(f"$ {_shown(argv)}\n".encode())
        sink.flush()
        done = subprocess.run(
            [str(each) for each in argv],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            cwd=folder,
            check=False,
        )
    if done.returncode:
        raise ToolError(
            f"{_shown(argv)} ended with {done.returncode}; the end of {log}:\n"
            f"{_tail(log.read_bytes())}"
        )


def _run(
    argv: Sequence[str | Path], *, stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            [str(each) for each in argv], input=stdin or b"", capture_output=True, check=False
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess(argv, 127, b"", f"no program {argv[0]}".encode())


def _shown(argv: Sequence[str | Path]) -> str:
    return " ".join(str(each) for each in argv)


def _tail(output: bytes) -> str:
    return "\n".join(output.decode(errors="replace").strip().splitlines()[-TAIL:])
