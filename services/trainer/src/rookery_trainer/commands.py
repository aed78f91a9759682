"""The trainer's commands, with the settings of the environment."""

from collections.abc import Sequence
from uuid import uuid4

import structlog
from mlflow import MlflowClient

from rookery_core.connection_failure import FIRST_CONNECTION_SECONDS
from rookery_core.database.connection import database_url, engine
from rookery_core.database.names import MLFLOW, PROCESSED
from rookery_core.database.readiness import await_database
from rookery_core.errors import Refused
from rookery_core.settings import (
    CatalogSettings,
    PostgresSettings,
    S3Settings,
    TrackingSettings,
)
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.waiting import Wait
from rookery_trainer.data.batch import await_batch
from rookery_trainer.freed_memory import return_freed_memory
from rookery_trainer.promotion.reconciliation import reconcile_model
from rookery_trainer.promotion.rollback import roll_back
from rookery_trainer.retention.retention import Retention, make_retention
from rookery_trainer.retention.retirement import Retirement
from rookery_trainer.retention.settings import MlflowPostgresSettings, RetentionSettings
from rookery_trainer.settings import TrainerSettings, checked_share, checked_sweep_id
from rookery_trainer.share import Share
from rookery_trainer.store.settings import SnapshotSettings
from rookery_trainer.store.stored_batches import StoredBatches
from rookery_trainer.stored_objects import StoredObjects
from rookery_trainer.sweep.inputs import SweepRequest
from rookery_trainer.sweep.progress import progress
from rookery_trainer.sweep.shard import run_shard
from rookery_trainer.sweep.sweep import run_sweep
from rookery_trainer.sweep.trainer import Trainer
from rookery_trainer.tracking.client import Retrying, await_tracking, connect
from rookery_trainer.tracking.model_registry import ModelRegistry


def sweep(model: str, *, sweep_id: str | None, ordinal: int | None, unless_champion: bool) -> None:
    """Finishes a sweep of the model and decides on it, unless a champion makes it unnecessary.

    Where Ctrl-C ends it, the last line says the command that goes on.
    """
    spec = spec_of(model)
    settings, postgres = TrainerSettings(), PostgresSettings()
    if sweep_id:
        settings = settings.model_copy(update={"sweep_id": sweep_id})
    share = checked_share(settings)
    request = SweepRequest(
        checked_sweep_id(settings.sweep_id or uuid4().hex), ordinal, unless_champion
    )
    structlog.contextvars.bind_contextvars(model=spec.name, sweep_id=request.sweep_id)
    try:
        _sweep(spec, request, share, settings, postgres)
    except KeyboardInterrupt:
        again = f"rookery-trainer sweep {spec.name} --sweep-id {request.sweep_id}"
        structlog.get_logger().warning("interrupted", reason=f"to go on where it ended: {again}")
        raise


def _sweep(
    spec: ModelSpec,
    request: SweepRequest,
    share: Share | None,
    settings: TrainerSettings,
    postgres: PostgresSettings,
) -> None:
    return_freed_memory()
    client, wait = connect(TrackingSettings()), Wait(settings.data_wait)
    # First of all: at a first installation everything starts at once, and once there is a batch,
    # databases, roles and ledger are there too.
    await_batch(engine(postgres, PROCESSED), spec, wait)
    await_tracking(client, wait)
    reconcile_model(_registry(client, settings, spec.name), postgres)
    with progress(spec) as shown:
        trainer = Trainer(spec, postgres, client, settings, shown, stored_batches(postgres))
        if share:
            run_shard(trainer, request, share)
        else:
            run_sweep(trainer, request)


def rollback(model: str, *, to: int | None, request_id: str | None) -> None:
    """Makes an earlier champion of the model the champion again."""
    client = connect(TrackingSettings())
    roll_back(
        registry=_registry(client, TrainerSettings(), spec_of(model).name),
        postgres=PostgresSettings(),
        to=to,
        request_id=request_id,
    )


def retire(model: str, *, dry_run: bool) -> None:
    """Removes the stored rows of the model, and its sweeps that have read a forgotten row.

    Raises:
        Refused: the champion came of one of them, or somebody uses one elsewhere.
    """
    spec = spec_of(model)
    stored = stored_batches(PostgresSettings())
    if stored is not None and not dry_run:
        structlog.get_logger().info("rows dropped", model=model, objects=stored.drop(spec.name))
    cleaner, registries = _retention([spec.name])
    Retirement(cleaner, PostgresSettings()).retire(spec, registries[0], dry_run=dry_run)


def retention(model: str | None, *, dry_run: bool) -> None:
    """Removes the sweeps that retention does not keep: of the model, or of all.

    Raises:
        Refused: of one model it is not certain what is served, or its spec is not valid and may
            mean another one; the others are done.
    """
    catalog = load_catalog(CatalogSettings().directory)
    models = [catalog.spec(model).name] if model else sorted(catalog)
    left_out = [] if model else catalog.complaints
    cleaner, registries = _retention(models)
    stored = stored_batches(PostgresSettings())
    if stored is not None and not dry_run:
        for name in models:
            if objects := stored.drop_old(name):
                structlog.get_logger().info("old rows dropped", model=name, objects=objects)
    cleaner.clean_all(registries, left_out, dry_run=dry_run)


def _retention(models: Sequence[str]) -> tuple[Retention, list[ModelRegistry]]:
    """Waits for MLflow and its database; makes what removes sweeps, and the models' registries."""
    settings, client = TrainerSettings(), connect(TrackingSettings())
    database = MlflowPostgresSettings()
    cleaner = make_retention(
        client, PostgresSettings(), database, S3Settings(), RetentionSettings()
    )
    registries = [_registry(client, settings, name) for name in models]
    await_tracking(client, Wait(settings.outage_wait))
    await_database(database_url(database, MLFLOW), Wait(FIRST_CONNECTION_SECONDS))
    return cleaner, registries


def drop_snapshots(model: str) -> None:
    """Removes the stored rows of the model's batches; a later sweep writes them again.

    Raises:
        Refused: no bucket is named.
    """
    stored = stored_batches(PostgresSettings())
    if stored is None:
        raise Refused(
            "no bucket holds rows of batches; set ROOKERY_SNAPSHOT_BUCKET and ROOKERY_S3_*"
        )
    structlog.get_logger().info("rows dropped", model=model, objects=stored.drop(model))


def stored_batches(postgres: PostgresSettings) -> StoredBatches | None:
    """Makes what keeps the rows of batches; None where the environment names no bucket."""
    settings = SnapshotSettings()
    if not settings.bucket:
        return None
    objects = StoredObjects(S3Settings(), f"s3://{settings.bucket}")
    return StoredBatches(objects, postgres, settings.kept)


def _registry(client: MlflowClient, settings: TrainerSettings, model: str) -> ModelRegistry:
    return ModelRegistry(client, Retrying(Wait(settings.outage_wait)), model)


def spec_of(model: str) -> ModelSpec:
    """Finds the spec of that name.

    Raises:
        Refused: there is none, or it is not valid.
    """
    return load_catalog(CatalogSettings().directory).spec(model)
