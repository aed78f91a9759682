"""What the trainer's commands do, by the settings of the environment."""

import argparse
from dataclasses import replace
from functools import partial
from uuid import uuid4

import structlog

from rookery_core.catalog import load_catalog
from rookery_core.connection_failure import FIRST_CONNECTION_SECONDS
from rookery_core.databases import MLFLOW, PROCESSED, engine
from rookery_core.patience import Patience
from rookery_core.readiness import await_database
from rookery_core.settings import (
    CatalogSettings,
    PostgresSettings,
    S3Settings,
    TrackingSettings,
)
from rookery_core.spec import ModelSpec
from rookery_trainer.data.snapshot import await_batch
from rookery_trainer.promotion.champion_check import has_champion
from rookery_trainer.promotion.reconciliation import reconcile_model
from rookery_trainer.promotion.rollback import roll_back
from rookery_trainer.retention.retention import make_retention
from rookery_trainer.retention.settings import MlflowPostgresSettings, RetentionSettings
from rookery_trainer.settings import TrainerSettings, checked_share, checked_sweep_id
from rookery_trainer.sweep.inputs import SweepRequest
from rookery_trainer.sweep.progress import progress
from rookery_trainer.sweep.shard import Shard
from rookery_trainer.sweep.sweep import Trainer
from rookery_trainer.tracking.client import Retrying, await_tracking, connect
from rookery_trainer.tracking.model_registry import ModelRegistry


def sweep(arguments: argparse.Namespace) -> None:
    """The model's sweep is finished and concluded, or was not needed."""
    spec = spec_of(arguments.model)
    settings, postgres = TrainerSettings(), PostgresSettings()
    if arguments.sweep_id:
        settings = settings.model_copy(update={"sweep_id": arguments.sweep_id})
    share = checked_share(settings)
    sweep_id = checked_sweep_id(settings.sweep_id or uuid4().hex)
    structlog.contextvars.bind_contextvars(model=spec.name, sweep_id=sweep_id)
    client, patience = connect(TrackingSettings()), Patience(settings.data_wait)
    newest = partial(await_batch, engine(postgres, PROCESSED), spec, patience)
    registry = ModelRegistry(client, Retrying(Patience(settings.outage_wait)), spec.name)
    # Before anything else: at a first installation all starts at once. Databases, roles and ledger
    # are there once a batch is.
    newest()
    await_tracking(client, patience)
    reconcile_model(registry, postgres)
    request = SweepRequest(sweep_id, newest, arguments.ordinal)
    if arguments.unless_champion:
        request = replace(request, needless=partial(has_champion, registry, spec))
    with progress(spec.name) as shown:
        trainer = Trainer(spec, postgres, client, settings, shown)
        (Shard(trainer, share) if share else trainer).train(request)


def rollback(arguments: argparse.Namespace) -> None:
    """The model's earlier champion is the champion again."""
    settings, client = TrainerSettings(), connect(TrackingSettings())
    roll_back(
        registry=ModelRegistry(
            client, Retrying(Patience(settings.outage_wait)), spec_of(arguments.model).name
        ),
        postgres=PostgresSettings(),
        to=arguments.to,
        request_id=arguments.request_id,
    )


def retention(arguments: argparse.Namespace) -> None:
    """Of the model, or of all, the sweeps that retention does not keep are gone.

    Raises:
        Refused: of one model it is not certain what is served, or its spec is not valid and may
            mean another one; the others are done.
    """
    settings, client = TrainerSettings(), connect(TrackingSettings())
    catalog = load_catalog(CatalogSettings().directory)
    models = [catalog.spec(arguments.model).name] if arguments.model else sorted(catalog)
    left_out = [] if arguments.model else catalog.complaints
    retrying = Retrying(Patience(settings.outage_wait))
    rows = MlflowPostgresSettings()
    cleaner = make_retention(client, PostgresSettings(), rows, S3Settings(), RetentionSettings())
    registries = [ModelRegistry(client, retrying, model) for model in models]
    await_tracking(client, Patience(settings.outage_wait))
    await_database(rows, MLFLOW, Patience(FIRST_CONNECTION_SECONDS))
    cleaner.clean_all(registries, left_out, dry_run=arguments.dry_run)


def spec_of(model: str) -> ModelSpec:
    """The spec of that name.

    Raises:
        Refused: there is none, or it is not valid.
    """
    return load_catalog(CatalogSettings().directory).spec(model)
