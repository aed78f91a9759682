"""How the progress of long steps is shown."""

import io

import pytest
from rich.console import Console

from rookery_local.console.report import report_to


def test_without_a_terminal_each_advance_is_a_plain_line() -> None:
    stream = io.StringIO()

    with report_to(Console(file=stream)).step("train species") as step:
        step.advance(1, 20, "trial")
        step.conclude("promoted")

    lines = stream.getvalue().splitlines()
    assert lines[:2] == ["train species ...", "train species 1/20 trial"]
    assert lines[2].startswith("train species: promoted (")
    assert "\x1b" not in stream.getvalue()


def test_without_a_terminal_a_long_line_is_not_wrapped() -> None:
    stream = io.StringIO()

    with report_to(Console(file=stream, width=40)).step("train species") as step:
        step.conclude("word " * 20)

    assert len(stream.getvalue().splitlines()) == 2


def test_without_a_terminal_what_goes_on_as_before_is_said_once() -> None:
    stream = io.StringIO()

    with report_to(Console(file=stream)).step("train species") as step:
        step.note("reading 344 rows")
        step.note("reading 344 rows")
        step.note("fitting")

    assert stream.getvalue().splitlines()[1:-1] == [
        "train species: reading 344 rows",
        "train species: fitting",
    ]


def test_a_terminal_shows_a_bar() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=100)

    with report_to(console).step("train species") as step:
        step.advance(20, 20, "trial")

    assert "train species" in stream.getvalue()
    assert "━" in stream.getvalue()


def test_a_step_that_fails_is_not_reported_as_done() -> None:
    stream = io.StringIO()

    with pytest.raises(ValueError, match="no"), report_to(Console(file=stream)).step("start"):
        raise ValueError("no")

    assert stream.getvalue() == "start ...\n"
