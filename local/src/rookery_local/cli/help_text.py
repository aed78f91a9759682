"""Help of a command, made of its docstring: paragraphs that fit every terminal."""

from collections.abc import Callable
from inspect import getdoc

import typer


def add(app: typer.Typer, *commands: Callable[..., None]) -> None:
    """Adds the commands to the command line, in this order."""
    for command in commands:
        app.command(help=help_of(command))(command)


def help_of(command: Callable[..., None]) -> str:
    """Returns the docstring with each paragraph as one line.

    Typer keeps the line ends of all but the first, and they are those of the source.
    """
    paragraphs = (getdoc(command) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
