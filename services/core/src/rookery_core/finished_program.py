"""A program that is run to its end."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from rookery_core.errors import Unavailable

ERROR_CHARACTERS = 2000


def run_to_end(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    seconds: float,
    failure: str,
    given: str = "",
) -> str:
    """Runs a program to its end, with `given` as its input; returns what it said.

    It has this process's environment and folder where no others are given.

    Raises:
        Unavailable: the program failed or took too long: `failure`, and the end of what it said.
    """
    try:
        done = subprocess.run(
            argv,
            cwd=directory,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{failure}: it was not done after {seconds:g} s") from None
    if done.returncode:
        raise Unavailable(f"{failure}: {done.stderr.strip()[-ERROR_CHARACTERS:]}")
    return done.stdout
