"""`python -m rookery_trainer sweep | rollback | retention`: wiring, and the exit code."""

import argparse
import logging
import signal
import sys
from functools import partial
from uuid import uuid4

import structlog

from rookery_core import logs
from rookery_core.catalog import load_catalog
from rookery_core.databases import PROCESSED, engine
from rookery_core.errors import Refused
from rookery_core.job import exit_code
from rookery_core.settings import (
    CatalogSettings,
    PostgresSettings,
    S3Settings,
    TrackingSettings,
)
from rookery_core.spec import ModelSpec
from rookery_trainer.incumbent import has_champion
from rookery_trainer.model_registry import ModelRegistry
from rookery_trainer.patience import Patience
from rookery_trainer.progress import progress
from rookery_trainer.promotion import settle
from rookery_trainer.retention import retention
from rookery_trainer.retention_settings import MlflowPostgresSettings, RetentionSettings
from rookery_trainer.rollback import roll_back
from rookery_trainer.settings import TrainerSettings, checked_sweep_id
from rookery_trainer.snapshot import await_batch
from rookery_trainer.tracking import Outage, connect
from rookery_trainer.training import Trainer


def main() -> None:
    """Exits with 0: done, 42: the same input will never work, 1: a retry may help."""
    arguments = _parser().parse_args()
    _configure_logs()
    # A stop is an exception: the block that is left closes its runs and lets its workers go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    commands = {"sweep": sweep, "rollback": rollback, "retention": clean}
    sys.exit(exit_code(lambda: commands[arguments.command](arguments)))


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


def clean(arguments: argparse.Namespace) -> None:
    """Of the model, or of all, the sweeps that retention does not keep are gone.

    Raises:
        Refused: of one model it is not certain what is served; the others are done.
    """
    settings, client = TrainerSettings(), connect(TrackingSettings())
    catalog = load_catalog(CatalogSettings().directory)
    models = [spec_of(arguments.model).name] if arguments.model else sorted(catalog)
    outage = Outage(Patience(settings.outage_wait))
    cleaner = retention(
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rookery-trainer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    swept = commands.add_parser("sweep", help="try configurations, put the best before the gate")
    swept.add_argument("model", help="the name of a spec")
    swept.add_argument("--sweep-id", help="continue or begin the sweep of this id")
    swept.add_argument("--ordinal", type=int, help="repeat the draw of that earlier sweep")
    swept.add_argument(
        "--unless-champion",
        action="store_true",
        help="do nothing where this spec has a champion trained from today's data",
    )
    rolled = commands.add_parser("rollback", help="make an earlier champion the champion again")
    rolled.add_argument("model", help="the name of a spec")
    rolled.add_argument("--to", type=int, help="the version; the one before today's if not given")
    rolled.add_argument("--request-id", help="the same id again changes nothing")
    cleaned = commands.add_parser("retention", help="remove old sweeps with all that came of them")
    cleaned.add_argument("model", nargs="?", help="the name of a spec; all of them if not given")
    cleaned.add_argument("--dry-run", action="store_true", help="say what would be removed")
    return parser


def _configure_logs() -> None:
    """Also what MLflow and Python's warnings say becomes events."""
    logs.configure()
    logging.captureWarnings(capture=True)
    library = logging.getLogger("mlflow")
    library.handlers, library.propagate = [], True
    library.setLevel(logging.WARNING)


if __name__ == "__main__":
    main()
