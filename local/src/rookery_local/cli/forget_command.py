"""The commands that forget a row: forget, and `rookery cluster forget`."""

from typing import Annotated

import typer

from rookery_local.cli.cluster_options import Context, InNamespace
from rookery_local.cli.model_commands import Model
from rookery_local.cli.session import Session
from rookery_local.cluster.forgetting import Forgetting
from rookery_local.cluster.namespace import connect
from rookery_local.models import forgetting
from rookery_local.models.table_run import one_run_at_a_time
from rookery_local.process.signals import Interrupted

Key = Annotated[
    list[str],
    typer.Option(help="The values of the row's key, in the order of the spec's `key`."),
]
More = Annotated[list[str] | None, typer.Argument(metavar="[VALUE]...", help="More of them.")]


def forget(context: typer.Context, model: Model, key: Key, more: More = None) -> None:
    """Erase a row by its key: from the data, and with all that was trained on it.

    No ingest brings it back. Where the champion was trained on it, another version takes its place
    first. Prints what may hold the row after all. Run again, it goes on where it ended.
    """
    session: Session = context.obj
    try:
        with session.using_stack() as stack:
            spec = session.spec(stack, model)
            with one_run_at_a_time(session.home, spec.name):
                forgetting.forget(
                    stack,
                    spec,
                    [*key, *(more or [])],
                    report=session.report,
                    say=session.say,
                    watch=session.watch(),
                )
    except Interrupted:
        session.say("\nThe same command goes on where this ended.")
        raise


def cluster_forget(
    context: typer.Context,
    model: Model,
    key: Key,
    more: More = None,
    *,
    kube_context: Context = None,
    namespace: InNamespace = None,
) -> None:
    """Erase a row of a cluster by its key, as `rookery forget`: four Jobs, one after another.

    Its key is given to the first one by a Secret, which is deleted when that has ended.
    """
    session: Session = context.obj
    inside = connect(kube_context, namespace)
    try:
        Forgetting(inside, session.report, session.say).forget(model, [*key, *(more or [])])
    except Interrupted:
        session.say("\nThe same command goes on where this ended.")
        raise
