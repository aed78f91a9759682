"""The rows of a batch in the object store: written once, whole or not at all."""

import json
import os
import signal
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pandas as pd
import pytest
import structlog
from pandas import read_sql_query
from pydantic import SecretStr
from sqlalchemy import Engine
from structlog.testing import capture_logs
from tests.integration.trainer.support.processes import finish, start
from tests.some import some

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.database.rows_as_of import rows_as_of
from rookery_core.database.tables import BATCH, IDENTITY, ROW_ID
from rookery_core.settings import PostgresSettings, S3Settings
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_core.waiting import Wait
from rookery_ingest.ingest import ingest
from rookery_ingest.settings import IngestSettings
from rookery_local.servers.object_store import ObjectStore
from rookery_local.servers.postgres import Postgres
from rookery_local.servers.store_identities import SNAPSHOTS
from rookery_trainer.data.batch import Batch, await_batch
from rookery_trainer.data.snapshot import Snapshot, read_snapshot
from rookery_trainer.store.row_columns import row_columns
from rookery_trainer.store.stored_batches import BatchKey, StoredBatches
from rookery_trainer.stored_objects import StoredObjects

ROWS = 400
GROUP_ROWS = 40
PARTS = 3
COLUMNS = [
    {"name": "amount", "kind": "number"},
    {"name": "member", "kind": "boolean"},
    {"name": "city", "kind": "category", "values": "any", "max_values": 20},
    {"name": "since", "kind": "datetime"},
    {"name": "seen", "kind": "datetime", "zone": "Europe/Berlin"},
    {"name": "outcome", "kind": "category", "values": ["good", "bad"]},
]
CITIES = ["Köln", 'the "old" town', "a,b", "\\N", "t", "NULL", " ", "-"]


@dataclass(frozen=True)
class Table:
    """An ingested table and its last batch."""

    spec: ModelSpec
    batch: Batch
    source: Engine

    @property
    def key(self) -> BatchKey:
        return BatchKey(self.spec, self.batch.watermark, self.batch.data_digest)


def write_source(file: Path, seed: int = 1) -> None:
    draw = np.random.default_rng(seed)
    outcome = draw.choice(["good", "bad"], ROWS)
    frame = pd.DataFrame(
        {
            "amount": np.where(outcome == "good", 1e38, -1e-37) * draw.random(ROWS),
            "member": draw.choice(["true", "false", ""], ROWS),
            "city": draw.choice(CITIES, ROWS),
            "since": pd.Timestamp("2021-03-01T08:00:00.123456")
            + pd.to_timedelta(draw.integers(0, 10**9, ROWS), unit="s"),
            "seen": pd.Timestamp("1921-03-01T08:00:00", tz="UTC")
            + pd.to_timedelta(draw.integers(0, 10**9, ROWS), unit="s"),
            "outcome": outcome,
        }
    )
    frame["since"] = frame["since"].dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
    frame["seen"] = frame["seen"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    frame.loc[::7, "since"] = ""
    frame.loc[::5, "amount"] = np.nan
    frame.to_csv(file, index=False)


@pytest.fixture
def table(postgres: Postgres, tmp_path: Path) -> Iterator[Table]:
    """A table with a column of every kind, and values that are hard to write as text."""
    file = tmp_path / "rows.csv"
    write_source(file)
    document = {
        "spec": 2,
        "name": f"t{uuid4().hex[:12]}",
        "source": {"url": f"file:{file}"},
        "columns": COLUMNS,
        "target": "outcome",
        "features": ["amount", "member", "city", "since", "seen"],
        "estimator": "random_forest",
    }
    spec = parse_spec(json.dumps(document), str(document["name"]))
    source = engine(postgres.settings("trainer"), PROCESSED)
    yield Table(spec, ingested(postgres, spec, source), source)
    source.dispose()


def ingested(postgres: Postgres, spec: ModelSpec, source: Engine) -> Batch:
    ingest(spec, postgres.settings("ingest"), S3Settings(), IngestSettings())
    return await_batch(source, spec, Wait(0))


@pytest.fixture
def stored(postgres: Postgres, object_store: ObjectStore) -> StoredBatches:
    """The bucket, with files of a few rows."""
    return stored_in(object_store.settings, postgres.settings("trainer"))


def stored_in(s3: S3Settings, postgres: PostgresSettings) -> StoredBatches:
    objects = StoredObjects(s3, f"s3://{SNAPSHOTS}")
    return StoredBatches(objects, postgres, kept=2, group_rows=GROUP_ROWS)


@pytest.fixture
def no_table() -> Engine:
    """Fails whoever asks PostgreSQL for rows."""
    nowhere = PostgresSettings(host="127.0.0.1", port=1, user="nobody", password=SecretStr("x"))
    return engine(nowhere, PROCESSED)


def same(one: Snapshot, other: Snapshot) -> None:
    assert one.content_digest == other.content_digest
    assert one.learned == other.learned
    assert one.held_values is not None
    assert other.held_values is not None
    pd.testing.assert_frame_equal(one.held_values, other.held_values)


def test_what_was_stored_is_what_the_table_holds(
    table: Table, stored: StoredBatches, no_table: Engine
) -> None:
    from_table = read_snapshot(table.source, table.spec, table.batch)
    first = read_snapshot(table.source, table.spec, table.batch, stored)

    later = read_snapshot(no_table, table.spec, table.batch, stored)

    same(first, from_table)
    same(later, from_table)
    keys = stored.objects.keys(table.key.folder)
    assert len(keys) == PARTS + 1
    assert 0 < len(later.holdout) < len(later.training)


def test_every_cell_is_read_as_a_query_reads_it(
    table: Table, stored: StoredBatches, tmp_path: Path
) -> None:
    names = [
        column.name for column in row_columns(table.spec) if column.name not in ("_held", IDENTITY)
    ]
    query = rows_as_of(table.spec, table.batch.watermark, names).order_by(ROW_ID)
    with table.source.connect() as connection:
        asked = read_sql_query(query, connection)

    rows = stored.read(table.source, table.key, table.batch.total_rows, tmp_path, ignore)

    assert len(rows) == len(asked) == ROWS
    for name in some(names):
        there, here = asked[name], rows[name]
        if name in ("since", "seen"):
            there, here = (
                pd.to_datetime(cells, utc=True).astype("int64") for cells in (there, here)
            )
        if name == ROW_ID:
            there = there.map(bytes)
        empty = there.isna()
        assert list(empty) == list(here.isna()), name
        assert list(there[~empty]) == list(here[~empty]), name
    assert set(rows["city"].dropna()) == {*CITIES} - {" ", "NULL"}
    assert rows[BATCH].eq(1).all()


@dataclass(frozen=True)
class Reading:
    """What a process reads, and the step before which it is killed."""

    table_spec: ModelSpec
    postgres: PostgresSettings
    s3: S3Settings
    step: str

    def __call__(self) -> None:
        source = engine(self.postgres, PROCESSED)
        batch = await_batch(source, self.table_spec, Wait(0))
        read_snapshot(source, self.table_spec, batch, stored_in(self.s3, self.postgres))


def read_and_die(reading: Reading) -> None:
    def watch(
        _logger: object, _method: str, event: MutableMapping[str, object]
    ) -> MutableMapping[str, object]:
        if event.get("step") == reading.step:
            os.kill(os.getpid(), signal.SIGKILL)
        return event

    structlog.configure(processors=[watch, structlog.processors.JSONRenderer()])
    reading()


@pytest.mark.parametrize("step", ["part 1", f"part {PARTS}", "stored"])
def test_rows_of_a_writer_that_was_killed_are_whole_or_not_read(
    table: Table, stored: StoredBatches, object_store: ObjectStore, postgres: Postgres, step: str
) -> None:
    reading = Reading(table.spec, postgres.settings("trainer"), object_store.settings, step)
    assert finish(start(read_and_die, reading)) == -signal.SIGKILL
    is_whole = step == "stored"
    manifests = [key for key in stored.objects.keys(table.key.folder) if "manifest" in key]
    assert bool(manifests) == is_whole

    again = read_snapshot(table.source, table.spec, table.batch, stored)

    same(again, read_snapshot(table.source, table.spec, table.batch))
    assert len(stored.objects.keys(table.key.folder)) == PARTS + 1


@pytest.mark.parametrize(
    "fault", ["other bytes", "a file is missing", "another release's manifest"]
)
def test_rows_that_are_not_as_they_were_written_are_written_again(
    table: Table, stored: StoredBatches, no_table: Engine, fault: str
) -> None:
    whole = read_snapshot(table.source, table.spec, table.batch, stored)
    part = f"{table.key.folder}part-00001.parquet"
    if fault == "other bytes":
        stored.objects.put(part, b"PAR1")
    elif fault == "a file is missing":
        stored.objects.discard(part)
    else:
        stored.objects.put(f"{table.key.folder}manifest.json", b'{"format": 9}')

    again = read_snapshot(table.source, table.spec, table.batch, stored)

    same(again, whole)
    same(read_snapshot(no_table, table.spec, table.batch, stored), whole)


def test_a_store_that_refuses_is_told_and_the_table_is_read(
    table: Table, stored: StoredBatches, object_store: ObjectStore, postgres: Postgres
) -> None:
    wrong = object_store.settings.model_copy(update={"secret_key": SecretStr("wrong")})
    refused = stored_in(wrong, postgres.settings("trainer"))

    with capture_logs() as events:
        found = read_snapshot(table.source, table.spec, table.batch, refused)

    same(found, read_snapshot(table.source, table.spec, table.batch))
    (warning,) = [event for event in events if event["log_level"] == "warning"]
    assert "refuses" in warning["reason"]


def test_the_newest_batches_stay_and_all_go_when_they_are_dropped(
    table: Table, stored: StoredBatches, postgres: Postgres, tmp_path: Path
) -> None:
    folders = []
    for seed in (1, 2, 3):
        write_source(tmp_path / "rows.csv", seed)
        batch = ingested(postgres, table.spec, table.source)
        read_snapshot(table.source, table.spec, batch, stored)
        folders.append(replace(table, batch=batch).key.folder)

    left = {key.rpartition("/")[0] + "/" for key in stored.objects.keys(f"{table.spec.name}/")}
    dropped = stored.drop(table.spec.name)

    assert left == set(folders[1:])
    assert dropped == 2 * (PARTS + 1)
    assert stored.objects.keys(f"{table.spec.name}/") == []


def test_a_sweep_that_goes_on_after_newer_batches_reads_the_table_once_and_takes_no_place(
    table: Table, stored: StoredBatches, postgres: Postgres, tmp_path: Path, no_table: Engine
) -> None:
    batches = [table.batch]
    read_snapshot(table.source, table.spec, table.batch, stored)
    for seed in (2, 3):
        write_source(tmp_path / "rows.csv", seed)
        batches.append(ingested(postgres, table.spec, table.source))
        read_snapshot(table.source, table.spec, batches[-1], stored)

    resumed = read_snapshot(table.source, table.spec, table.batch, stored)

    for batch in some(batches):
        found = read_snapshot(no_table, table.spec, batch, stored)
        assert found.watermark == batch.watermark
    same(resumed, read_snapshot(no_table, table.spec, table.batch, stored))
    assert stored.drop_old(table.spec.name) == PARTS + 1
    assert not stored.objects.keys(table.key.folder)


def test_a_batch_of_which_rows_are_missing_is_never_stored(
    table: Table, stored: StoredBatches, tmp_path: Path
) -> None:
    rows = stored.read(table.source, table.key, ROWS + 1, tmp_path, ignore)

    assert len(rows) == ROWS
    keys = stored.objects.keys(table.key.folder)
    assert not [key for key in some(keys) if "manifest" in key]


def ignore(_rows: int) -> None:
    """Is told how many rows were read."""
