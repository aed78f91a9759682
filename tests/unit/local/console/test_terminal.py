"""Text is printed exactly as it is."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from rookery_local.console.report import report_to
from rookery_local.console.terminal import printable, say, terminal

VERBATIM = [
    "root:x:0:0",
    "[red]no[/red]",
    "[/]",
    "[/nothing]",
    "\\[a]",
    "[link=x]",
    ":warning:-text",
]


@pytest.mark.parametrize("text", VERBATIM)
def test_text_is_not_read_as_markup(text: str) -> None:
    console = Console(file=io.StringIO(), force_terminal=True)

    say(console, text)

    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == f"{text}\n"


@pytest.mark.parametrize("text", VERBATIM)
def test_a_cell_of_a_table_is_not_read_as_markup(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table = Table("name", box=None)
    table.add_row(text)

    terminal().print(table)

    assert text in capsys.readouterr().out


@pytest.mark.parametrize("is_terminal", [False, True])
@pytest.mark.parametrize("text", VERBATIM)
def test_a_step_is_not_read_as_markup(text: str, is_terminal: bool) -> None:
    stream = io.StringIO()

    console = Console(file=stream, force_terminal=is_terminal, width=200)
    with report_to(console).step(text) as step:
        step.advance(1, 2, text)
        step.note(text)
        step.conclude(text)

    assert text in stream.getvalue()
    assert stream.getvalue().count(text) >= 2


@pytest.mark.parametrize("text", VERBATIM)
def test_the_command_line_prints_errors_verbatim(text: str, tmp_path: Path) -> None:
    home = tmp_path / text.replace("/", "|")
    command = [sys.executable, "-m", "rookery_local", "--home", str(home), "predict", "species"]

    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "60"}
    )

    assert done.returncode == 42
    assert done.stderr == f"rookery: no stack is up in {home}; start it with `rookery up`\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\tand é", "two\nlines\tand é"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("over\rwritten", "over\\rwritten"),
        ("bell\x07", "bell\\x07"),
        ("c1\x9b31m", "c1\\x9b31m"),
        ("right\u202eleft", "right\\u202eleft"),
        ("bytes \udcff", "bytes \\udcff"),
        ("a\u00a0b", "a\u00a0b"),
        ("nul\0", "nul\\x00"),
    ],
)
def test_characters_that_would_move_the_cursor_are_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown
