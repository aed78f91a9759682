"""Two thousand values of a row: loaded, corrected, removed, read back, and forgotten."""

import json
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import numpy as np
import pandas as pd
import pytest
from structlog.testing import capture_logs
from tests.some import some

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.settings import S3Settings
from rookery_core.spec.spec_yaml import parse_spec
from rookery_ingest.forget import forget
from rookery_ingest.ingest import ingest
from rookery_ingest.load.processed_data import CompletedBatch
from rookery_ingest.settings import IngestSettings
from rookery_local.servers.postgres import Postgres
from rookery_trainer.store.stored_batches import BatchKey, read_table

ROWS = 150
NUMBERS = [f"n{at}" for at in range(2_000)]
TOWNS = ["Köln", 'the "old" town', "a,b", "t", "NULL", " - ", "\\N"]
OTHERS = [
    {"name": "id", "kind": "category", "values": "any"},
    {"name": "member", "kind": "boolean"},
    {"name": "paid", "kind": "boolean"},
    {"name": "town", "kind": "category", "values": "any"},
    {"name": "land", "kind": "category", "values": ["b,c", 'd"e', "f"]},
    {"name": "day", "kind": "datetime"},
    {"name": "seen", "kind": "datetime", "zone": "Europe/Berlin"},
    {"name": "kind", "kind": "category", "values": ["x", "y"]},
]


def source() -> pd.DataFrame:
    """Makes rows in which some of each column are missing; all of one column, and of one row."""
    draw = np.random.default_rng(4)
    days = pd.Timestamp("1921-03-01T08:00:00.123456") + pd.to_timedelta(
        draw.integers(0, 10**9, ROWS), unit="s"
    )
    frame = pd.DataFrame(draw.normal(size=(ROWS, len(NUMBERS))), columns=NUMBERS).astype(object)
    frame = frame.mask(draw.random(frame.shape) < 0.1)
    frame["n7"] = None
    others = pd.DataFrame(
        {
            "id": [f"i{row}" for row in range(ROWS)],
            "member": draw.choice(["true", "false"], ROWS),
            "paid": draw.choice(["true", "false"], ROWS),
            "town": draw.choice(TOWNS, ROWS),
            "land": draw.choice(["b,c", 'd"e', "f"], ROWS),
            "day": days.strftime("%Y-%m-%dT%H:%M:%S.%f"),
            "seen": days.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "kind": draw.choice(["x", "y"], ROWS),
        }
    )
    frame = pd.concat([frame, others], axis=1)
    frame.loc[::7, ["member", "town", "land", "day", "seen"]] = None
    frame.loc[5, NUMBERS] = None
    return frame


class WideModel:
    """A model of a test's own whose rows no table could hold in columns."""

    def __init__(self, postgres: Postgres, folder: Path) -> None:
        self.role = postgres.settings("ingest")
        self._reader = postgres.settings("trainer")
        self._folder = folder
        document = {
            "spec": 2,
            "name": f"t{uuid4().hex[:12]}",
            "source": {"url": f"file:{folder}/rows.csv"},
            "columns": [*({"name": name, "kind": "number"} for name in NUMBERS), *OTHERS],
            "key": ["id"],
            "target": "kind",
            "features": {"except": ["id"]},
        }
        self.spec = parse_spec(json.dumps(document), str(document["name"]))

    def ingest(self, frame: pd.DataFrame) -> CompletedBatch:
        """Ingests these rows."""
        frame.to_csv(self._folder / "rows.csv", index=False)
        return ingest(self.spec, self.role, S3Settings(), IngestSettings())

    def forget(self, key: str) -> None:
        """Forgets a row."""
        forget(self.spec, self.role, IngestSettings(), [key])

    def read(self, batch: int) -> pd.DataFrame:
        """Reads the rows as of a batch as a sweep does, in the order of their ids."""
        folder = Path(mkdtemp(dir=self._folder))
        reader = engine(self._reader, PROCESSED)
        rows = read_table(reader, BatchKey(self.spec, batch, ""), folder, _ignore)
        reader.dispose()
        names = [column.name for column in self.spec.columns]
        frame = pd.concat([rows[name] for name in names], axis=1)
        return frame.sort_values("id", key=lambda ids: ids.str[1:].astype(int), ignore_index=True)


def _ignore(rows: int) -> None: ...


@pytest.fixture
def model(postgres: Postgres, tmp_path: Path) -> WideModel:
    """A model of 2,000 numbers, and a column of each other kind."""
    return WideModel(postgres, tmp_path)


def assert_read(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Checks that each value is what the file says."""
    expected = expected.reset_index(drop=True)
    assert len(found) == len(expected)
    pd.testing.assert_frame_equal(found[NUMBERS], expected[NUMBERS].astype(float))
    for name in some(["id", "town", "land", "kind"]):
        told = expected[name].where(expected[name] != "NULL", None)
        assert found[name].fillna("").tolist() == told.fillna("").str.strip().tolist()
    for name in some(["member", "paid"]):
        truths = expected[name].map({"true": True, "false": False})
        assert found[name].astype(object).fillna("").tolist() == truths.fillna("").tolist()
    for name in some(["day", "seen"]):
        told, read = (pd.to_datetime(cells[name], utc=True) for cells in (expected, found))
        assert read.dt.as_unit("us").equals(told.dt.as_unit("us"))


def test_each_of_2000_values_of_a_row_is_read_as_the_file_has_it(model: WideModel) -> None:
    frame = source()

    batch = model.ingest(frame)

    assert (batch.rows_in, batch.loaded, batch.quarantined) == (ROWS, ROWS, 0)
    assert_read(model.read(batch.batch), frame)


def test_rows_of_2000_values_are_corrected_and_removed(model: WideModel) -> None:
    frame = source()
    first = model.ingest(frame)
    later = frame.drop(index=4).reset_index(drop=True)
    later.loc[3, "n9"] = 12.5

    second = model.ingest(later)

    assert (second.loaded, second.removed, second.total_rows) == (1, 2, ROWS - 1)
    assert_read(model.read(first.batch), frame)
    assert_read(model.read(second.batch), later)


def test_a_bad_value_among_2000_is_in_quarantine(model: WideModel) -> None:
    frame = source()
    frame.loc[8, "n1999"] = "many"

    batch = model.ingest(frame)

    assert (batch.loaded, batch.quarantined) == (ROWS - 1, 1)
    assert_read(model.read(batch.batch), frame.drop(index=8))


def test_a_row_of_2000_values_is_forgotten(model: WideModel) -> None:
    frame = source()
    model.ingest(frame)

    model.forget("i6")

    assert_read(model.read(2), frame.drop(index=6))
    assert model.ingest(frame).total_rows == ROWS - 1


def test_constants_of_a_wide_table_are_told(model: WideModel) -> None:
    frame = source()
    frame["n8"] = 1.5

    with capture_logs() as events:
        model.ingest(frame)

    [told] = [event["reason"] for event in events if event["event"] == "few rows"]
    assert "no value in any row: 'n7'" in told
    assert "one value in all rows: 'n8'" in told
