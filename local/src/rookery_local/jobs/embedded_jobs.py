"""Jobs of the embedded stack: the same programs that run in a cluster, as processes."""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rookery_core.database.names import ROLE_INGEST, ROLE_MLFLOW, ROLE_TRAINER
from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_local.process.child_process import POLL_SECONDS, Process
from rookery_local.process.environment import outward
from rookery_local.process.events import FAILED, Event, Events
from rookery_local.process.settings_environment import environment_of
from rookery_local.servers.store_identities import SNAPSHOTS
from rookery_local.stack.presence import Watch, explained
from rookery_local.stack.stack import Stack
from rookery_trainer.retention.settings import MlflowPostgresSettings, RetentionSettings
from rookery_trainer.store.settings import SnapshotSettings


def ingest_job(stack: Stack, model: str) -> Process:
    """Makes the job that brings the model's source into the databases, as role `ingest`."""
    return _job(
        stack,
        f"ingest-{model}",
        ("rookery_ingest", "run", model),
        {**environment_of(stack.postgres.settings(ROLE_INGEST)), **outward()},
    )


def forget_job(stack: Stack, model: str, key: Sequence[str]) -> Process:
    """Makes the job that erases the row with this key, as role `ingest`.

    Its key is in no list of processes and in no log.
    """
    return _job(
        stack,
        f"forget-{model}",
        ("rookery_ingest", "forget", model),
        {
            **environment_of(stack.postgres.settings(ROLE_INGEST)),
            "ROOKERY_FORGET_KEY": json.dumps(list(key)),
        },
    )


def train_job(stack: Stack, model: str, sweep_id: str) -> Process:
    """Makes the job that begins or continues the sweep of that id, as role `trainer`."""
    return _job(
        stack,
        f"train-{model}",
        ("rookery_trainer", "sweep", model, "--sweep-id", sweep_id),
        {**_as_trainer(stack), **_with_snapshots(stack, "trainer")},
    )


def drop_snapshots_job(stack: Stack, model: str) -> Process:
    """Makes the job that removes the stored rows of the model's batches."""
    return _job(
        stack,
        f"drop-snapshots-{model}",
        ("rookery_trainer", "drop-snapshots", model),
        {**_as_trainer(stack), **_with_snapshots(stack, "trainer")},
    )


def rollback_job(stack: Stack, model: str, to: int | None) -> Process:
    """Makes the job that rolls back to version `to` or the previous champion, as role `trainer`."""
    target = () if to is None else ("--to", str(to))
    return _job(
        stack,
        f"rollback-{model}",
        ("rookery_trainer", "rollback", model, *target),
        _as_trainer(stack),
    )


def retention_job(
    stack: Stack, model: str | None, settings: RetentionSettings, *, dry_run: bool
) -> Process:
    """Makes the job that removes old sweeps of the model, or of all models.

    It and a retirement are the only jobs with MLflow's role and the key of the bucket.
    """
    models = () if model is None else (model,)
    return _removal_job(stack, "retention", models, settings, dry_run=dry_run)


def retire_job(stack: Stack, model: str, *, dry_run: bool) -> Process:
    """Makes the job that removes the sweeps of the model that have read a forgotten row."""
    settings = RetentionSettings(artifacts=stack.tracking.artifacts)
    return _removal_job(stack, "retire", (model,), settings, dry_run=dry_run)


def _removal_job(
    stack: Stack,
    command: str,
    models: tuple[str, ...],
    settings: RetentionSettings,
    *,
    dry_run: bool,
) -> Process:
    mlflow = MlflowPostgresSettings(**dict(stack.postgres.settings(ROLE_MLFLOW)))
    return _job(
        stack,
        "-".join((command, *models)),
        ("rookery_trainer", command, *models, *(("--dry-run",) if dry_run else ())),
        {
            **_as_trainer(stack),
            **environment_of(mlflow),
            **_with_snapshots(stack, "retention"),
            **environment_of(settings),
        },
    )


def run_embedded_job(job: Process, on_event: Callable[[Event], None], watch: Watch) -> None:
    """Runs the job to its end and passes each of its events to `on_event`.

    It calls `watch` again and again; an exception from it ends the job.

    Raises:
        Refused: the job failed, and the same input will never work.
        StackEnded: the job failed because its servers have ended.
        Unavailable: the job failed for another reason, and a retry may help.
    """
    events = Events(job.log)
    reason = ""
    job.start()
    try:
        running = True
        while running:
            running = job.is_running
            for event in events.read():
                if event["event"] == FAILED:
                    reason = str(event.get("reason", ""))
                on_event(event)
            if running:
                watch()
                time.sleep(POLL_SECONDS)
    finally:
        job.stop()
    if job.exited:
        with explained(watch):
            raise _failure(job, reason)


def _failure(job: Process, reason: str) -> RookeryError:
    # If the job gave a reason, that is enough; a kill or a traceback needs the log.
    text = f"{job.name}: {reason}" if reason else job.exit_report()
    return Refused(text) if job.exited == Refused.exit_code else Unavailable(text)


def _as_trainer(stack: Stack) -> dict[str, str]:
    return {
        **environment_of(stack.postgres.settings(ROLE_TRAINER)),
        **environment_of(stack.tracking.settings),
    }


def _with_snapshots(stack: Stack, user: str) -> dict[str, str]:
    """Returns where the rows of batches are kept, with the key of that program."""
    return {
        **environment_of(SnapshotSettings(bucket=SNAPSHOTS)),
        **environment_of(stack.object_store.settings_of(user)),
    }


def _job(
    stack: Stack, name: str, arguments: tuple[str, ...], environment: Mapping[str, str]
) -> Process:
    return Process(
        name,
        [sys.executable, "-m", *arguments],
        environment={**stack.environment, **environment, **environment_of(stack.catalog)},
        # A relative `file:` in a spec is relative to the folder of the specs.
        directory=stack.catalog.directory or Path.cwd(),
        log=stack.home.log(name),
    )
