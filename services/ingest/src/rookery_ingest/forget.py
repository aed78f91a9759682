"""Forgets one row by its key: in every batch, and in every source that still has it."""

import csv
import io
from collections.abc import Sequence
from contextlib import closing

import structlog

from rookery_core.database.connection import database_url
from rookery_core.database.locks import session_lock
from rookery_core.database.names import PROCESSED, RAW
from rookery_core.errors import Refused
from rookery_core.settings import PostgresSettings
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.ingest import complete_earlier, complete_erasure
from rookery_ingest.load.database import Database
from rookery_ingest.load.erasure import Erased
from rookery_ingest.load.processed_data import ProcessedData
from rookery_ingest.load.raw_data import RawData
from rookery_ingest.parsing.records import Records
from rookery_ingest.rows.row_hash import RowHasher
from rookery_ingest.rows.rows import RowReader
from rookery_ingest.settings import IngestSettings
from rookery_ingest.source.redaction import redacted

REMAINS = (
    "backups of the databases, until they expire",
    "the write-ahead log of PostgreSQL and its old statistics, until they are overwritten",
    "versions that were trained on the row, with their runs, bundles and caches, until another "
    "one is the champion and they are retired: rookery-trainer retire",
    "logs of ingest that quote a bad record of it, until they are deleted",
)
"""Where a forgotten row may be found afterwards."""


def forget(
    spec: ModelSpec, postgres: PostgresSettings, settings: IngestSettings, key: Sequence[str]
) -> Erased:
    """Erases the row with this key from raw data, processed data and quarantine, in all batches.

    No source brings it back: its tombstone is written first. Run again, it erases what an
    interrupted run has left.

    Raises:
        Refused: the spec has no key, or is of the first version; or these are no values of the key.
        Unavailable: a server failed, or another ingest of the model did not end.
    """
    key_hash = hash_of_key(spec, key)
    with (
        session_lock(
            database_url(postgres, PROCESSED), f"rookery:ingest:{spec.name}", settings.lock_seconds
        ),
        closing(Database(postgres, RAW)) as raw_database,
        closing(Database(postgres, PROCESSED)) as processed_database,
    ):
        raw = RawData(raw_database, spec)
        processed = ProcessedData(processed_database, spec)
        raw.prepare()
        processed.prepare()
        complete_earlier(raw, processed)
        if not processed.batches():
            raise Refused(f"{spec.name!r} has no rows yet; run the ingest job of {spec.name!r}")
        # The tombstone first: from now on no source brings the row back.
        tombstones = processed.bury(key_hash)
        erased = complete_erasure(raw, processed, raw.erase(tombstones))
        raw.vacuum()
        processed.vacuum()
    structlog.get_logger().info(
        "forgotten",
        model=spec.name,
        batch=erased.batch.batch,
        rows=erased.batch.forgotten,
        first_batch=erased.first,
        last_batch=erased.last,
        remains=[f"the source {redacted(spec.source.url)}, if it still has the row", *REMAINS],
        reason="versions whose sweep read one of these batches were trained on the row; train the "
        "model again, and retire them once its version is the champion",
    )
    return erased


def hash_of_key(spec: ModelSpec, key: Sequence[str]) -> bytes:
    """Returns the hash of a row's key, from texts in the order of the spec's `key`."""
    if spec.spec == 1 or not spec.key:
        raise Refused(
            f"the spec of {spec.name!r} has {'no key' if spec.spec == 2 else 'no `spec: 2`'}, so "
            "no row of it can be named; give it `spec: 2` and a key, columns that tell rows apart"
        )
    if len(key) != len(spec.key):
        raise Refused(f"the key of {spec.name!r} is {list(spec.key)}; give one value for each")
    columns = tuple(spec.column(name) for name in spec.key)
    keys = spec.model_copy(update={"columns": columns, "csv": type(spec.csv)()})
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(key)
    rows, bad = RowReader(keys, ",".join(spec.key), "--key").read(
        Records([1], [written.getvalue()])
    )
    if bad:
        raise Refused(f"--key: {bad[0].reason}; write it as the source does")
    return RowHasher(keys, spec.key).hash(rows).tobytes()
