"""The commands for a table of one's own before it is a model: init and check."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rookery_core.errors import Refused
from rookery_core.spec.estimators import DEFAULT_ESTIMATOR
from rookery_ingest.profile.proposal import propose
from rookery_local.console.terminal import say
from rookery_local.models.spec_check import check_spec_file
from rookery_local.models.spec_proposal import show_proposal, write_new

STANDARD_OUTPUT = Path("-")


class Task(StrEnum):
    """How the target is read."""

    CLASSES = "classes"
    NUMBER = "number"


def init(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A table: CSV in any dialect, or Parquet.")],
    target: Annotated[str, typer.Option(help="The column to predict.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The file to write; NAME.yaml here if not given, - prints it."
        ),
    ] = None,
    *,
    task: Annotated[
        Task | None,
        typer.Option(help="Whether the target is classes or a number; its values decide if not."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The name of the model; made of the file's if not given.")
    ] = None,
    estimator: Annotated[str, typer.Option(help="What is trained.")] = DEFAULT_ESTIMATOR,
) -> None:
    """Write the spec of a table, each column with its kind and the reason for it."""
    console: Console = context.obj
    found = propose(
        file,
        target,
        task=None if task is None else task.value,
        name=name,
        estimator=estimator,
    )
    if output == STANDARD_OUTPUT:
        say(console, found.text.rstrip("\n"))
        return
    path = output or Path(f"{found.spec.name}.yaml")
    write_new(path, found.text)
    show_proposal(console, partial(say, console), found)
    say(console, f"\nWritten: {path}. Check it at any time: rookery check {path} --data {file}")


def check(
    context: typer.Context,
    spec: Annotated[Path, typer.Argument(help="The YAML file of a spec.")],
    data: Annotated[
        Path | None, typer.Option(help="A table to read by the spec, as ingest would.")
    ] = None,
) -> None:
    """Say everything that is wrong with a spec, and with --data what each rule does to the rows."""
    console: Console = context.obj
    findings = check_spec_file(spec, data, partial(say, console))
    if findings:
        raise Refused(findings)
