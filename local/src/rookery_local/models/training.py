"""Ingest and training of a model in the embedded stack, with their progress."""

from collections.abc import Callable
from uuid import uuid4

from rookery_core.errors import Unavailable
from rookery_core.spec.model_spec import ModelSpec
from rookery_local.console.report import Report
from rookery_local.jobs.embedded_jobs import ingest_job, run_embedded_job, train_job
from rookery_local.jobs.job_progress import JobProgress
from rookery_local.models.model_versions import current_champion
from rookery_local.stack.stack import Stack

Watch = Callable[[], None]


def ingest(stack: Stack, spec: ModelSpec, report: Report, watch: Watch) -> None:
    """Brings the whole source of the model into the databases."""
    with report.step(f"ingest {spec.name}") as step:
        run_embedded_job(ingest_job(stack, spec.name), JobProgress(step), watch)


def train(
    stack: Stack, spec: ModelSpec, report: Report, watch: Watch, sweep_id: str | None = None
) -> None:
    """Runs a sweep to the gate's decision: a new one, or the rest of the sweep of that id.

    Raises:
        Refused: the same sweep will never work.
        Unavailable: a retry may help; with the command that continues the sweep.
    """
    sweep_id = sweep_id or uuid4().hex
    with report.step(f"train {spec.name}") as step:
        try:
            run_embedded_job(train_job(stack, spec.name, sweep_id), JobProgress(step), watch)
        except Unavailable as error:
            again = f"rookery train {spec.name} --sweep-id {sweep_id}"
            raise Unavailable(f"{error}\nTo go on where it ended: {again}") from None


def train_at_need(stack: Stack, spec: ModelSpec, report: Report, watch: Watch) -> None:
    """Trains the model, unless its champion was trained by this spec on the present data."""
    version = current_champion(stack, spec)
    if version is None:
        train(stack, spec, report, watch)
        return
    with report.step(f"train {spec.name}") as step:
        step.conclude(f"version {version} is the champion on these data already")
