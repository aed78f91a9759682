"""`python -m rookery_ingest bootstrap | run | forget`: wiring, and the exit code."""

import argparse
import signal
import sys
from collections.abc import Sequence

from rookery_core import logs
from rookery_core.database.connection import database_url
from rookery_core.database.names import PROCESSED, PROCESSED_SCHEMA, RAW, RAW_SCHEMA
from rookery_core.database.readiness import await_database
from rookery_core.database.slots import Slots, SlotSettings
from rookery_core.job import run_job
from rookery_core.settings import CatalogSettings, PostgresSettings, S3Settings
from rookery_core.spec.catalog import load_catalog
from rookery_core.waiting import Wait
from rookery_ingest.bootstrap.bootstrap import bootstrap
from rookery_ingest.bootstrap.settings import StoreSettings, role_passwords, store_keys
from rookery_ingest.bootstrap.store import bootstrap_store
from rookery_ingest.forget import forget, hash_of_key
from rookery_ingest.ingest import ingest
from rookery_ingest.load.erasure import Erased
from rookery_ingest.load.processed_data import CompletedBatch
from rookery_ingest.settings import ForgetSettings, IngestSettings


def main() -> None:
    """Exits with 0: done; 42: the same input will never work; 1: a retry may help."""
    parser = argparse.ArgumentParser(prog="rookery-ingest", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "bootstrap", help="make databases, roles, schemas, the ledger, buckets and keys"
    )
    run = commands.add_parser("run", help="bring a model's source into the databases")
    run.add_argument("model", help="the name of a spec")
    erase = commands.add_parser("forget", help="erase a row, in every batch and for ever")
    erase.add_argument("model", help="the name of a spec")
    erase.add_argument(
        "--key",
        nargs="+",
        help="its values, in the key's order; if not given, the JSON list in ROOKERY_FORGET_KEY",
    )
    arguments = parser.parse_args()
    logs.configure()
    # Process 1 of a container ignores SIGTERM unless it has a handler.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if arguments.command == "bootstrap":
        sys.exit(run_job(run_bootstrap))
    if arguments.command == "forget":
        sys.exit(run_job(lambda: run_forget(arguments.model, arguments.key or ())))
    sys.exit(run_job(lambda: run_model(arguments.model)))


def run_bootstrap() -> None:
    """Waits for the servers, then makes what every part relies on."""
    wait = IngestSettings().database_wait
    bootstrap(PostgresSettings(), role_passwords(), wait)
    if (buckets := StoreSettings().buckets()) is not None:
        bootstrap_store(S3Settings(), buckets, store_keys(), wait)


def run_model(model: str) -> CompletedBatch:
    """Waits for what the bootstrap makes, and for a slot; then ingests the model's source."""
    spec = load_catalog(CatalogSettings().directory).spec(model)
    postgres, settings = PostgresSettings(), IngestSettings()
    await_tables(postgres, settings)
    with Slots(postgres, SlotSettings().count).one():
        return ingest(spec, postgres, S3Settings(), settings)


def run_forget(model: str, key: Sequence[str]) -> Erased:
    """Waits for what the bootstrap makes, then erases a row of the model."""
    spec = load_catalog(CatalogSettings().directory).spec(model)
    postgres, settings = PostgresSettings(), IngestSettings()
    key = key or ForgetSettings().key
    hash_of_key(spec, key)  # refused before anything is waited for
    await_tables(postgres, settings)
    return forget(spec, postgres, settings, key)


def await_tables(postgres: PostgresSettings, settings: IngestSettings) -> None:
    """Waits for the schemas in which the tables are made."""
    # The bootstrap makes raw data first: once processed data is there, raw data is too.
    for database, schema in ((PROCESSED, PROCESSED_SCHEMA), (RAW, RAW_SCHEMA)):
        wait = Wait(settings.database_wait)
        address = database_url(postgres, database)
        await_database(address, wait, schema=schema, right="CREATE")


if __name__ == "__main__":
    main()
