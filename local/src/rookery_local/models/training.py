"""Ingest and training of a model in the embedded stack, with their progress."""

import hashlib
from dataclasses import dataclass
from uuid import uuid4

from rookery_core.errors import Unavailable
from rookery_core.spec.model_spec import ModelSpec
from rookery_local.console.report import Report
from rookery_local.jobs.embedded_jobs import ingest_job, run_embedded_job, train_job
from rookery_local.jobs.job_progress import JobProgress
from rookery_local.models.model_versions import current_champion, sweep_decision
from rookery_local.process.signals import Interrupted
from rookery_local.stack.presence import Watch
from rookery_local.stack.stack import Stack


@dataclass(frozen=True)
class Training:
    """What the gate decided on a sweep."""

    decision: str
    """`promoted` or `rejected`; empty where the sweep was not needed."""
    reason: str = ""


def ingest(stack: Stack, spec: ModelSpec, report: Report, watch: Watch) -> str:
    """Brings the whole source of the model into the databases; returns the rows' content digest."""
    with report.step(f"ingest {spec.name}") as step:
        progress = JobProgress(step)
        run_embedded_job(ingest_job(stack, spec.name), progress, watch)
    return progress.data_digest


def train(
    stack: Stack, spec: ModelSpec, report: Report, watch: Watch, sweep_id: str | None = None
) -> Training:
    """Runs a sweep to the gate's decision: a new one, or the rest of the sweep of that id.

    Raises:
        Refused: the same sweep will never work.
        Unavailable: a retry may help; with the command that continues the sweep.
    """
    sweep_id = sweep_id or uuid4().hex
    again = f"To go on where it ended: rookery train {spec.name} --sweep-id {sweep_id}"
    return _sweep(stack, spec, report, watch, sweep_id=sweep_id, again=again)


def _sweep(
    stack: Stack,
    spec: ModelSpec,
    report: Report,
    watch: Watch,
    *,
    sweep_id: str,
    again: str = "",
) -> Training:
    """Runs the sweep of that id to its end; where it is ended before, says `again`, if given."""
    with report.step(f"train {spec.name}") as step:
        progress = JobProgress(step)
        try:
            run_embedded_job(train_job(stack, spec.name, sweep_id), progress, watch)
        except Unavailable as error:
            raise type(error)(f"{error}\n{again}".rstrip()) from None
        except Interrupted:
            if again:
                step.warn(again)
            raise
    if progress.concluded_run:
        return Training(*sweep_decision(stack.tracking.settings, progress.concluded_run))
    return Training(progress.decision, progress.reason)


def train_at_need(
    stack: Stack, spec: ModelSpec, report: Report, watch: Watch, digest: str | None = None
) -> Training:
    """Trains the model, unless its champion was trained by this spec on the present data.

    With the content digest of its rows, the sweep is the one of spec and rows: one that was
    interrupted goes on, one that was concluded is not repeated.
    """
    version = current_champion(stack, spec, digest)
    if version is None and digest:
        # Whoever calls this again goes on with the same sweep.
        return _sweep(stack, spec, report, watch, sweep_id=sweep_of(spec, digest))
    if version is None:
        return train(stack, spec, report, watch)
    with report.step(f"train {spec.name}") as step:
        step.conclude(f"version {version} is the champion on these data already")
    return Training("")


def sweep_of(spec: ModelSpec, digest: str) -> str:
    """Names the one sweep that a spec needs on rows of that content digest."""
    return hashlib.sha256(f"{spec.digest} {digest}".encode()).hexdigest()[:32]
