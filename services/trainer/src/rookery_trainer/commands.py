"""What the trainer's commands do, by the settings of the environment."""

import argparse
from functools import partial
from uuid import uuid4

import structlog

from rookery_core.catalog import load_catalog
from rookery_core.databases import PROCESSED, engine
from rookery_core.errors import Refused
from rookery_core.patience import Patience
from rookery_core.settings import (
    CatalogSettings,
    PostgresSettings,
    S3Settings,
    TrackingSettings,
)
from rookery_core.spec import ModelSpec
from rookery_trainer.incumbent import has_champion
from rookery_trainer.model_registry import ModelRegistry
from rookery_trainer.progress import progress
from rookery_trainer.promotion import settle
from rookery_trainer.retention import retention as retention_of
from rookery_trainer.retention_settings import MlflowPostgresSettings, RetentionSettings
from rookery_trainer.rollback import roll_back
from rookery_trainer.settings import TrainerSettings, checked_sweep_id
from rookery_trainer.snapshot import await_batch
from rookery_trainer.tracking import Outage, connect
from rookery_trainer.training import Trainer


def sweep(arguments: argparse.Namespace) -> None:
    """The model's sweep is finished and concluded, or was not needed."""
    spec = spec_of(arguments.model)
    settings, postgres = TrainerSettings(), PostgresSettings()
    sweep_id = checked_sweep_id(arguments.sweep_id or settings.sweep_id or uuid4().hex)
    structlog.contextvars.bind_contextvars(model=spec.name, sweep_id=sweep_id)
    client = connect(TrackingSettings())
    newest = partial(await_batch, engine(postgres, PROCESSED), spec, Patience(settings.data_wait))
    registry = ModelRegistry(client, Outage(Patience(settings.outage_wait)), spec.name)
    batch = newest()  # before anything else: databases, roles and ledger are there once it is
    settle(registry, postgres)
    if arguments.unless_champion and has_champion(registry, spec, batch):
        return
    with progress(spec.name) as shown:
        trainer = Trainer(spec, postgres, client, settings, shown)
        trainer.train(sweep_id, newest, arguments.ordinal)


def rollback(arguments: argparse.Namespace) -> None:
    """The model's earlier champion is the champion again."""
    settings, client = TrainerSettings(), connect(TrackingSettings())
    roll_back(
        registry=ModelRegistry(
            client, Outage(Patience(settings.outage_wait)), spec_of(arguments.model).name
        ),
        postgres=PostgresSettings(),
        to=arguments.to,
        request_id=arguments.request_id,
    )


def retention(arguments: argparse.Namespace) -> None:
    """Of the model, or of all, the sweeps that retention does not keep are gone.

    Raises:
        Refused: of one model it is not certain what is served; the others are done.
    """
    settings, client = TrainerSettings(), connect(TrackingSettings())
    catalog = load_catalog(CatalogSettings().directory)
    models = [spec_of(arguments.model).name] if arguments.model else sorted(catalog)
    outage = Outage(Patience(settings.outage_wait))
    cleaner = retention_of(
        client, PostgresSettings(), MlflowPostgresSettings(), S3Settings(), RetentionSettings()
    )
    registries = [ModelRegistry(client, outage, model) for model in models]
    cleaner.clean_all(registries, dry_run=arguments.dry_run)


def spec_of(model: str) -> ModelSpec:
    """The spec of that name.

    Raises:
        Refused: there is none.
    """
    catalog = load_catalog(CatalogSettings().directory)
    if model not in catalog:
        raise Refused(f"no spec is called {model!r}; there are {sorted(catalog)}")
    return catalog[model]
