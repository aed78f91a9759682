"""The commands for models: demo, ingest, train, predict, quarantine, rollback and retention."""

import os
import sys
import time
from contextlib import ExitStack
from typing import Annotated

import typer

from rookery_core.database.names import ROLE_NOTEBOOK
from rookery_core.errors import Refused
from rookery_core.spec.catalog import load_catalog
from rookery_local.cli.session import Session
from rookery_local.cli.stack_commands import ApiPort, ManagementPort, MlflowPort, announcing
from rookery_local.folder.claim import claim
from rookery_local.folder.lock import holder
from rookery_local.models import training
from rookery_local.models.demo import command_and_answer, run_demo, show
from rookery_local.models.prediction import predict as ask
from rookery_local.models.quarantine import SAMPLES, read_quarantine, show_quarantine
from rookery_local.models.retention import clean
from rookery_local.models.rollback import roll_back
from rookery_local.process.signals import ctrl_c_ends
from rookery_local.stack.addresses import RequestedPorts
from rookery_local.stack.supervisor import StartOptions, supervised
from rookery_trainer.retention.settings import RetentionSettings

Model = Annotated[str, typer.Argument(help="The name of a spec, e.g. species.")]
Batch = Annotated[
    int | None, typer.Option(min=1, help="The number of a batch; the newest one if not given.")
]
Samples = Annotated[int, typer.Option(min=0, help="How many records of each reason are shown.")]


def demo(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="End when done, even in a terminal.")
    ] = False,
    api_port: ApiPort = None,
    management_port: ManagementPort = None,
    mlflow_port: MlflowPort = None,
) -> None:
    """Take the shipped CSV to two served champions, and ask each for a prediction.

    Starts a stack if none is up. Stays up until Ctrl-C if standard input is a terminal; with
    --once, or CI=true, it ends by itself. A second run uses the data and models of the first.
    """
    session: Session = context.obj
    begun = time.monotonic()
    stays = sys.stdin.isatty() and not once and os.environ.get("CI") != "true"
    ports = RequestedPorts(api_port, management_port, mlflow_port)
    options = StartOptions(ports, session.specs)
    with ExitStack() as held:
        running = None
        found = holder(session.home.lock)
        stack = session.stack() if found is not None and found.is_up else None
        if stack is None or ports != RequestedPorts():
            with session.report.step("start") as step:
                lock = claim(session.home, "rookery demo")
                holding = supervised(session.home, lock, options, announcing(step))
                running = held.enter_context(holding)
            stack = running.stack
        shipped = load_catalog().keys()
        catalog = session.catalog(stack)
        specs = [spec for name, spec in catalog.items() if name in shipped]
        predictions = run_demo(
            stack, specs, session.report, running.check if running else session.watch()
        )
        show(session.say, stack, predictions, time.monotonic() - begun)
        left_out = [str(fault) for name, fault in catalog.faults.items() if name in shipped]
        for fault in left_out:
            session.say(f"Left out: {fault}")
        if running and stays:
            session.say("Ctrl-C stops everything; data and models stay.")
            with ctrl_c_ends():
                running.watch()
        if left_out:
            raise Refused("; ".join(left_out))


def ingest(context: typer.Context, model: Model) -> None:
    """Bring a model's source into the databases; a second run adds only what is new."""
    session: Session = context.obj
    with session.using_stack() as stack:
        training.ingest(stack, session.spec(stack, model), session.report, session.watch())


def train(
    context: typer.Context,
    model: Model,
    sweep_id: Annotated[
        str | None,
        typer.Option(
            help="Continue the sweep of this id, as a training that failed says; "
            "a new sweep if not given."
        ),
    ] = None,
) -> None:
    """Search for the best configuration of a model; the gate decides whether it is promoted."""
    session: Session = context.obj
    with session.using_stack() as stack:
        spec = session.spec(stack, model)
        done = training.train(stack, spec, session.report, session.watch(), sweep_id)
    if done.reason:
        session.say(f"Why: {done.reason}")


def predict(
    context: typer.Context,
    model: Model,
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FEATURE=VALUE]...",
            help="Values that replace those of the example; empty for missing.",
        ),
    ] = None,
) -> None:
    """Ask the API for a prediction; print the curl that asks the same, and the answer."""
    session: Session = context.obj
    chosen = _pairs(values or [])
    with session.using_stack() as stack:
        found = ask(stack.addresses.api_url, model, chosen)
    session.say(command_and_answer(found))


def quarantine(
    context: typer.Context, model: Model, batch: Batch = None, samples: Samples = SAMPLES
) -> None:
    """Show which records of a model's source are no rows of its table: counts by reason, and some.

    `rookery cluster quarantine` shows the same of a cluster.
    """
    session: Session = context.obj
    with session.using_stack() as stack:
        name = session.known_model(stack, model)
        found = read_quarantine(stack.postgres.settings(ROLE_NOTEBOOK), name, batch)
    show_quarantine(session.say, found, samples)


def rollback(
    context: typer.Context,
    model: Model,
    to: Annotated[
        int | None,
        typer.Option(min=1, help="The version; the previous champion if not given."),
    ] = None,
) -> None:
    """Make an earlier champion the champion again, and bar the one it replaces.

    --to a version that was itself rolled back reinstates it; then nothing is barred.
    """
    session: Session = context.obj
    with session.using_stack() as stack:
        roll_back(
            stack,
            session.spec(stack, model),
            to,
            report=session.report,
            say=session.say,
            watch=session.watch(),
        )


def retention(
    context: typer.Context,
    model: Annotated[
        str | None, typer.Argument(help="The name of a spec; all of them if not given.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be removed; remove nothing.")
    ] = False,
    keep_versions: Annotated[
        int | None,
        typer.Option(
            envvar="ROOKERY_RETENTION_KEEP_VERSIONS",
            min=1,
            help="How many of the newest versions of each model are kept, whatever their age.",
        ),
    ] = None,
    min_age_days: Annotated[
        float | None,
        typer.Option(
            envvar="ROOKERY_RETENTION_MIN_AGE_DAYS",
            min=0,
            help="Days that a sweep is kept after the end of its last run.",
        ),
    ] = None,
) -> None:
    """Remove old sweeps with their versions, runs and files; never one that is served."""
    session: Session = context.obj
    given = {"keep_versions": keep_versions, "min_age_days": min_age_days}
    with session.using_stack() as stack:
        name = session.spec(stack, model).name if model else None
        settings = RetentionSettings(artifacts=stack.tracking.artifacts).model_copy(
            update={rule: value for rule, value in given.items() if value is not None}
        )
        clean(
            stack,
            name,
            settings,
            dry_run=dry_run,
            report=session.report,
            say=session.say,
            watch=session.watch(),
        )


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise Refused(f"{text!r} is no FEATURE=VALUE; write it like bill_length_mm=39.1")
        if name in pairs:
            raise Refused(f"{name} is given twice; give it once")
        pairs[name] = value
    return pairs
