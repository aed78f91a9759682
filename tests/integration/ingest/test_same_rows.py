"""The same rows are the same data, whatever they came in."""

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.extras import execute_values
from tests.integration.ingest.support.ingested_model import MakeModel, connected
from tests.integration.ingest.support.own_postgres import foreign_postgres
from tests.integration.ingest.support.source_rows import rows_of
from tests.some import some
from tests.unit.ingest.support.second_version import second_version

from rookery_core.spec.model_spec import ModelSpec
from rookery_local.servers.postgres import Postgres

NAMES = ("size", "count", "paid", "city", "seen", "label")
TYPES = (pa.float64(), pa.int32(), pa.bool_(), pa.string(), pa.timestamp("us"), pa.string())
EXCEL = {"delimiter": ";", "decimal": ",", "thousands": ".", "encoding": "cp1252"}
BEGIN = datetime.fromisoformat("1990-01-01")
Row = tuple[float | None, int | None, bool | None, str | None, datetime | None, str | None]
ROWS = st.tuples(
    st.none() | st.floats(-1e6, 1e6),
    st.none() | st.integers(0, 1000),
    st.none() | st.booleans(),
    st.none() | st.text(st.sampled_from('aäZ ";,.%\\€1'), min_size=1, max_size=6).filter(str.strip),
    st.none() | st.integers(0, 2**50).map(lambda us: BEGIN + timedelta(microseconds=us)),
    st.sampled_from([None, "no", "Yes", "YES "]),
).filter(lambda row: any(value is not None for value in row))
"""A row that holds no value at all is none, unless a text says so."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server that is somebody else's."""
    with foreign_postgres(tmp_path_factory.mktemp("shop")) as server:
        yield server


@pytest.fixture(autouse=True)
def _credentials(shop: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOKERY_SOURCE_SHOP_USER", shop.admin.user)
    monkeypatch.setenv("ROOKERY_SOURCE_SHOP_PASSWORD", shop.admin.password.get_secret_value())


def _spec(source: dict[str, Any], dialect: dict[str, str] | None = None) -> ModelSpec:
    return second_version(*NAMES[:-1], source=source, csv=dialect or {})


def _csv(rows: list[Row], file: Path) -> ModelSpec:
    out = io.StringIO()
    csv.writer(out).writerows([NAMES, *(["" if v is None else v for v in row] for row in rows)])
    file.write_text(out.getvalue())
    return _spec({"url": f"file:{file}"})


def _excel_csv(rows: list[Row], file: Path) -> ModelSpec:
    out = io.StringIO()
    out.write("sep=;\r\n")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(name.upper() for name in reversed(NAMES))
    writer.writerows([_excel_cell(value) for value in reversed(row)] for row in rows)
    file.write_bytes(out.getvalue().encode("cp1252"))
    return _spec({"url": f"file:{file}"}, EXCEL)


def _excel_cell(value: object) -> str:
    if isinstance(value, bool):
        return "YES" if value else "no"
    if isinstance(value, float):
        whole, point, rest = repr(value).partition(".")
        if "e" in rest or "e" in whole:
            return repr(value).replace(".", ",")
        return f"{int(whole):,}".replace(",", ".").replace("0", "-0", whole == "-0") + (
            f",{rest}" if point else ""
        )
    return "NA" if value is None else str(value)


def _parquet(rows: list[Row], file: Path) -> ModelSpec:
    columns = list(zip(*rows, strict=True))
    arrays = [pa.array(c, kind) for c, kind in zip(columns, TYPES, strict=True)]
    pq.write_table(pa.table(dict(zip(NAMES, arrays, strict=True))), file)
    return _spec({"url": f"file:{file}"})


def _query(rows: list[Row], server: Postgres) -> ModelSpec:
    with closing(connected(server.admin, "postgres")) as connection, connection.cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS t; CREATE TABLE t (size float8, count int, paid bool, city text, "
            "seen timestamp, label text)"
        )
        execute_values(cursor, "INSERT INTO t VALUES %s", rows)
        connection.commit()
    url = f"postgresql://127.0.0.1:{server.admin.port}/postgres"
    return _spec({"url": url, "query": "TABLE t", "credentials": "shop"})


def _written(rows: list[Row], folder: Path, server: Postgres) -> dict[str, ModelSpec]:
    return {
        "csv": _csv(rows, folder / "x.csv"),
        "excel": _excel_csv(rows, folder / "excel.csv"),
        "parquet": _parquet(rows, folder / "x.parquet"),
        "query": _query(rows, server),
    }


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROWS, min_size=1, max_size=12))
def test_any_rows_have_the_same_hashes(
    tmp_path: Path, shop: Postgres, postgres: Postgres, rows: list[Row]
) -> None:
    own = postgres.settings("ingest")

    found = {
        name: rows_of(spec, postgres=own) for name, spec in _written(rows, tmp_path, shop).items()
    }

    expected = found["csv"]
    for name, each in some(found.items()):
        assert each.bad == [], name
        assert each.hashes == expected.hashes, name


def test_an_ingest_of_the_same_rows_changes_nothing(
    make_model: MakeModel, tmp_path: Path, shop: Postgres
) -> None:
    rows: list[Row] = [
        (-1234567.25 + at, at, at % 2 == 0, f'Kö"ln; {at % 7}', BEGIN + timedelta(hours=at), "no")
        for at in range(150)
    ]
    rows += [(None, None, None, None, None, "Yes"), (0.1, 5, True, "x", BEGIN, None)]
    model = make_model()
    digests = {}

    for name, spec in some(_written(rows, tmp_path, shop).items()):
        model.spec = spec.model_copy(update={"name": model.spec.name})
        batch = model.ingest()
        digests[name] = (batch.data_digest, batch.total_rows, batch.quarantined)

    assert set(digests.values()) == {(digests["csv"][0], len(rows), 0)}
    model.assert_accounted()
