"""What the command line says of itself."""

from importlib.metadata import version
from inspect import getdoc
from itertools import pairwise

import pytest
from tests.some import some
from typer.main import get_command
from typer.testing import CliRunner

from rookery_local.cli import forget_command, run_command, stack_commands
from rookery_local.cli.command_line import command_line
from rookery_local.cli.help_text import help_of

WIDTH = {"COLUMNS": "80", "TERMINAL_WIDTH": "80"}


def told(*words: str) -> str:
    """Returns what the command line prints for these words."""
    done = CliRunner().invoke(command_line(), words, env=WIDTH)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("command", [["up"], ["run"], ["demo"], ["forget"], ["cluster", "up"]])
def test_no_line_of_a_help_is_broken_where_the_source_is(command: list[str]) -> None:
    prose = told(*command, "--help").split("╭")[0]

    lines = [line.strip() for line in prose.splitlines()]
    for line, following in some(pairwise(lines)):
        # A line is full where the next word would not have fitted.
        word = following.split(" ")[0]
        assert not line or not following or len(line) + 1 + len(word) > 76


@pytest.mark.parametrize("command", [run_command.run, stack_commands.up, forget_command.forget])
def test_a_help_says_all_that_the_docstring_says(command: object) -> None:
    assert callable(command)
    whole = (getdoc(command) or "").split()

    assert help_of(command).split() == whole
    assert len(help_of(command).split("\n")) < len((getdoc(command) or "").split("\n"))


def test_every_command_has_a_help() -> None:
    group = get_command(command_line())

    for name, command in some(getattr(group, "commands").items()):  # noqa: B009
        assert command.help, name


def test_help_has_a_short_name_in_every_command() -> None:
    assert told("up", "-h") == told("up", "--help")
    assert told("cluster", "up", "-h") == told("cluster", "up", "--help")


def test_the_version_is_shown() -> None:
    assert told("--version") == f"rookery {version('rookery-local')}\n"
