"""The trainer's commands: `rookery-trainer sweep MODEL`, and others."""

import argparse
import signal
import sys
from uuid import uuid4

from rookery_core.catalog import load_catalog
from rookery_core.databases import PROCESSED, engine
from rookery_core.job import exit_code
from rookery_core.logs import configure
from rookery_core.settings import CatalogSettings, PostgresSettings, TrackingSettings
from rookery_trainer.patience import Patience
from rookery_trainer.progress import progress
from rookery_trainer.settings import TrainerSettings
from rookery_trainer.snapshot import await_batch
from rookery_trainer.tracking import connect
from rookery_trainer.training import Trainer


def main() -> int:
    """Runs the command on the command line; returns its exit code."""
    configure()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    arguments = _parser().parse_args()
    return exit_code(lambda: arguments.command(arguments))


def sweep(arguments: argparse.Namespace) -> None:
    """The model's sweep is finished and concluded."""
    settings, postgres = TrainerSettings(), PostgresSettings()
    spec = load_catalog(CatalogSettings().directory)[arguments.model]
    source = engine(postgres, PROCESSED)
    batch = await_batch(source, spec, Patience(settings.data_wait))
    with progress(spec.name) as shown:
        trainer = Trainer(spec, postgres, connect(TrackingSettings()), settings, shown)
        trainer.train(arguments.sweep_id or settings.sweep_id or uuid4().hex, batch)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rookery-trainer", description=__doc__)
    commands = parser.add_subparsers(required=True)
    sweeper = commands.add_parser("sweep")
    sweeper.add_argument("model")
    sweeper.add_argument("--sweep-id")
    sweeper.set_defaults(command=sweep)
    return parser


if __name__ == "__main__":
    sys.exit(main())
