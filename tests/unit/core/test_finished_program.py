"""A program that is run to its end, or does not get there."""

import sys
from pathlib import Path

import pytest

from rookery_core.errors import Unavailable
from rookery_core.finished_program import run_to_end


def test_what_it_said_is_returned(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "import os; print(os.environ['NAME'], os.getcwd(), input())"]

    said = run_to_end(
        program,
        environment={"NAME": "rook"},
        directory=tmp_path,
        seconds=60,
        failure="the greeting failed",
        given="hello",
    )

    assert said == f"rook {tmp_path} hello\n"


def test_a_program_that_fails_is_reported_with_what_it_said() -> None:
    program = [sys.executable, "-c", "import sys; sys.exit('no such role')"]

    with pytest.raises(Unavailable, match=r"^the upgrade failed: no such role$"):
        run_to_end(
            program,
            seconds=60,
            failure="the upgrade failed",
        )


def test_a_program_that_takes_too_long_is_ended_and_reported() -> None:
    program = [sys.executable, "-c", "import time; time.sleep(600)"]

    with pytest.raises(Unavailable, match=r"^the upgrade failed: it was not done after 0\.5 s$"):
        run_to_end(
            program,
            seconds=0.5,
            failure="the upgrade failed",
        )
