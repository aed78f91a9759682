"""The commands for a model's data in a cluster: add, upload, quarantine."""

from pathlib import Path
from typing import Annotated

import typer

from rookery_local.cli.cluster_options import CONFIG, Config, Context, InNamespace, program
from rookery_local.cli.model_commands import Batch, Samples
from rookery_local.cli.session import Session
from rookery_local.cluster.database import notebook_database
from rookery_local.cluster.namespace import connect
from rookery_local.cluster.request_options import request_options
from rookery_local.cluster.upload import opened_store
from rookery_local.cluster.upload import upload as put
from rookery_local.console.byte_progress import ByteProgress
from rookery_local.console.report import report_to
from rookery_local.console.terminal import terminal
from rookery_local.kind.bring_up import await_route
from rookery_local.kind.entrance import entrance
from rookery_local.kind.model_addition import BUCKET, pinned_addition, read_spec, require_upgradable
from rookery_local.kind.model_addition import add as add_model
from rookery_local.kind.release import CHART, Release
from rookery_local.models.demo import command_and_answer
from rookery_local.models.quarantine import SAMPLES, read_quarantine, show_quarantine


def add(
    context: typer.Context,
    spec: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="e.g. churn.yaml")],
    data: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="e.g. data.csv")],
    *,
    only_print: Annotated[
        bool,
        typer.Option(
            "--print",
            help="Upload the data, print the values that add the model; change no release.",
        ),
    ] = False,
    chart: Annotated[Path, typer.Option(help="The chart that the release was made from.")] = CHART,
    bucket: Annotated[str, typer.Option(help="The bucket of source files.")] = BUCKET,
    config: Config = CONFIG,
    kube_context: Context = None,
    namespace: InNamespace = None,
) -> None:
    """Add a model to a cluster: upload its data, upgrade the release, wait until it answers.

    The data are stored under their SHA-256, which the spec then pins; SPEC itself stays as it is.
    With new data, the same command ingests and trains again. Needs helm; with --print it does not.
    """
    session: Session = context.obj
    read_spec(spec, data)
    inside = connect(kube_context, namespace)
    release = Release(inside.context, inside.name, chart)
    if not only_print:
        require_upgradable(release, inside)
    # What is printed is for a file.
    report = report_to(terminal(stderr=True)) if only_print else session.report
    with opened_store(inside) as store:
        addition = pinned_addition(store, spec, data, bucket, report)
    if only_print:
        typer.echo(addition.values, nl=False)
        return
    add_model(addition, release, inside, session.report)
    with entrance(inside, config) as (url, lasts):
        options = request_options(inside)
        prediction = await_route(url, addition.name, options, session.report)
    session.say(f"\n{command_and_answer(prediction)}")
    if not lasts:
        session.say(f"{url} answers while this runs: {program()} cluster ui")


def upload(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    target: Annotated[str, typer.Argument(help="e.g. s3://data/wine.csv")],
    kube_context: Context = None,
    namespace: InNamespace = None,
) -> None:
    """Put a local file into the cluster's object store, so that a spec can name it as source."""
    session: Session = context.obj
    inside = connect(kube_context, namespace)
    with session.report.step(f"upload {file.name}") as step:
        step.conclude(put(inside, file, target, ByteProgress(step, file.stat().st_size)))


def quarantine(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="The name of a model, e.g. species.")],
    *,
    batch: Batch = None,
    samples: Samples = SAMPLES,
    kube_context: Context = None,
    namespace: InNamespace = None,
) -> None:
    """Show which records of a model's source are no rows of its table, as `rookery quarantine`.

    Reads the chart's PostgreSQL as role `notebook`, whose password you must be allowed to read.
    """
    session: Session = context.obj
    with notebook_database(connect(kube_context, namespace)) as settings:
        found = read_quarantine(settings, model, batch)
    show_quarantine(session.say, found, samples)
