"""One ingest: a model's source is in raw and processed data, and accounted for."""

from contextlib import closing
from dataclasses import asdict, replace

import structlog

from rookery_core.databases import PROCESSED, RAW
from rookery_core.errors import Refused
from rookery_core.locks import session_lock
from rookery_core.settings import PostgresSettings, S3Settings
from rookery_core.spec import ModelSpec
from rookery_ingest.database import Database
from rookery_ingest.processed import Account, ProcessedData
from rookery_ingest.raw import RawData
from rookery_ingest.settings import IngestSettings
from rookery_ingest.source import Stream


def ingest(
    spec: ModelSpec, postgres: PostgresSettings, store: S3Settings, settings: IngestSettings
) -> Account:
    """The account of the source as it is now; every batch before it is complete as well.

    A transaction cannot span two databases. A source is committed to raw data first, whole, then
    its rows, quarantine and account to processed data, all at once. Whatever dies in between, the
    next run finds a raw batch without an account, and completes it.

    Raises:
        Refused: if the source, or raw data under a changed spec, breaks the contract.
        Unavailable: if a server fails, or another ingest of the model does not end.
    """
    name = f"rookery:ingest:{spec.name}"
    with (
        session_lock(postgres, PROCESSED, name, settings.lock_seconds),
        closing(Database(postgres, RAW)) as raw_database,
        closing(Database(postgres, PROCESSED)) as processed_database,
    ):
        raw = RawData(raw_database, spec)
        processed = ProcessedData(processed_database, spec)
        raw.prepare()
        processed.prepare()
        _follow_spec(spec, raw, processed)
        _complete_earlier(raw, processed)
        account, new = _bring_in(spec, raw, processed, Stream(spec.source, settings, store))
        structlog.get_logger().info("ingested", model=spec.name, new=new, **asdict(account))
        return account


def _follow_spec(spec: ModelSpec, raw: RawData, processed: ProcessedData) -> None:
    """Processed data has the shape that the spec says today."""
    accounts = processed.accounts()
    if not accounts or accounts[-1].table_digest == spec.table_digest:
        return
    numbers = {account.batch for account in accounts}
    accepted = [batch for batch in raw.batches() if batch.number in numbers]
    structlog.get_logger().info("rebuilding", model=spec.name, batches=sorted(numbers))
    processed.rebuild(raw, accepted)


def _complete_earlier(raw: RawData, processed: ProcessedData) -> None:
    """Every batch that is stored has its account, or the reason why it has none."""
    accounted = {account.batch for account in processed.accounts()}
    for batch in raw.batches():
        if batch.number in accounted or batch.refused:
            continue
        try:
            processed.complete(raw, batch)
        except Refused as refusal:
            # An earlier run was to say so; the source of today may well be another.
            raw.refuse(batch, str(refusal))
            structlog.get_logger().warning("refused", batch=batch.number, reason=str(refusal))


def _bring_in(
    spec: ModelSpec, raw: RawData, processed: ProcessedData, stream: Stream
) -> tuple[Account, bool]:
    """The account of the source, and whether it brought a batch."""
    accounts = {account.source_digest: account for account in processed.accounts()}
    if spec.source.sha256 in accounts:
        # Pinned, and here: there is nothing to read that could change anything.
        return _repeated(accounts[spec.source.sha256]), False
    batch = raw.store(stream)
    if batch.digest in accounts:
        return _repeated(accounts[batch.digest]), False
    try:
        return processed.complete(raw, batch), True
    except Refused as refusal:
        raw.refuse(batch, str(refusal))
        raise


def _repeated(account: Account) -> Account:
    """What an ingest of a batch that is already there has to say of its rows."""
    return replace(account, loaded=0, duplicate=account.rows_in - account.quarantined)
