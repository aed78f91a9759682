"""The command for a table of one's own: run."""

import time
from pathlib import Path
from typing import Annotated

import typer

from rookery_ingest.profile.names import model_name
from rookery_local.cli.session import Session
from rookery_local.cli.stack_commands import await_rest, ensure_up
from rookery_local.cli.table_commands import Task
from rookery_local.models.demo import addresses_of, command_and_answer
from rookery_local.models.spec_proposal import show_proposal
from rookery_local.models.table_run import REJECTED, TableRun, one_run_at_a_time, run_table
from rookery_local.models.table_spec import TableRequest, require_name, require_table, table_spec
from rookery_local.process.signals import Interrupted
from rookery_local.stack.stack import Stack


def run(
    context: typer.Context,
    table: Annotated[Path, typer.Argument(help="The file of a table, e.g. data.csv.")],
    target: Annotated[str, typer.Option(help="The column to predict.")],
    *,
    name: Annotated[
        str | None, typer.Option(help="The name of the model; that of the file if not given.")
    ] = None,
    estimator: Annotated[
        str | None, typer.Option(help="A reviewed estimator; the spec says which if not given.")
    ] = None,
    trials: Annotated[
        int | None, typer.Option(min=1, max=1000, help="Configurations to try; 20 if not given.")
    ] = None,
    task: Annotated[
        Task | None,
        typer.Option(help="Whether the target is classes or a number; its values decide if not."),
    ] = None,
) -> None:
    """Take a table to an answer: write its spec, start the stack, ingest, train, predict.

    Run again, it does what is new: rows or a spec that changed, a sweep that was interrupted. The
    spec stays, with what you change in it by hand. As with `train`, the exit code is 0 whether the
    gate promotes or not.
    """
    session: Session = context.obj
    begun = time.monotonic()
    path = require_table(table)
    named = require_name(name or model_name(path.stem))
    request = TableRequest(
        path, target, named, estimator, trials, None if task is None else task.value
    )
    try:
        stack, done = run_request(session, request)
    except Interrupted:
        session.say("\nThe same command goes on where this ended; `rookery down` stops the stack.")
        raise
    show_run(session, stack, done, time.monotonic() - begun)


def run_request(session: Session, request: TableRequest) -> tuple[Stack, TableRun]:
    """Does what is asked for, in the stack of the folder, which is up afterwards.

    Raises:
        Refused: the table, its spec or an option is wrong.
        Unavailable: a retry may help; it goes on where this ended.
    """
    with one_run_at_a_time(session.home, request.name):
        await_rest(session)
        folder = session.specs_folder()
        with session.report.step(f"spec {request.name}") as step:
            found, proposal = table_spec(request, folder)
            step.conclude(f"{'written' if found.is_new else 'kept'}: {found.path}")
        if proposal is not None:
            show_proposal(session.console, session.say, proposal)
        stack = ensure_up(session)
        return stack, run_table(stack, found, session.report, session.watch())


def show_run(session: Session, stack: Stack, done: TableRun, seconds: float) -> None:
    """Shows the answer and where everything is; if nothing was promoted, why, and what helps."""
    model, path = done.table_spec.spec.name, done.table_spec.path
    if done.training.decision == REJECTED:
        session.say(f"\nNot promoted: {done.training.reason}")
        session.say(
            "What helps: more rows; columns that say more of the target; what the spec left out.\n"
            f"To serve the best that was found all the same, write `gate: {{policy: always}}` into "
            f"{path}, then the same command."
        )
    if done.prediction is not None:
        session.say(f"\n{command_and_answer(done.prediction)}")
    held_out = done.prediction.held_out if done.prediction else ""
    champion = f"\nChampion              {held_out}" if held_out else ""
    session.say(f"{champion}\nSpec                  {path}\n{addresses_of(stack)}")
    session.say(f"\nDone in {seconds:.1f} s. The stack stays up: `rookery down` stops it.")
    if done.prediction is None:
        session.say(f"Model {model} has no champion, so nothing is served yet.")
