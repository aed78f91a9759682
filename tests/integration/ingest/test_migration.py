"""A database that the first release filled goes on, and is brought up to date once."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.integration.ingest.support.ingested_model import (
    IngestedModel,
    connected,
    finished,
    row,
    table,
)
from tests.some import some

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED, RAW
from rookery_core.waiting import Wait
from rookery_local.servers.postgres import Postgres
from rookery_trainer.data.batch import await_batch, read_batch

RECORDED = Path(__file__).parent / "recorded"
BAD = "Emu,Dream,39,18,181,3750,MALE"
FIRST = table(BAD, row(1), good=25)
SECOND = table(row(1), row(1), row(3).replace("3750", "4000"), good=28)
REFUSED = table(*[BAD] * 9, good=9)
KEY = ("bill_length_mm", "bill_depth_mm")
SUMMARY = "SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM {} t"
COLUMNS = (
    "SELECT string_agg(column_name || ' ' || data_type || ' ' || is_nullable, ', ' ORDER BY "
    "ordinal_position) FROM information_schema.columns WHERE table_name = '{}'"
)


@pytest.fixture
def filled(own_postgres: Postgres) -> Postgres:
    """A server whose databases are those that the first release filled."""
    role = own_postgres.settings("ingest")
    for database, name in ((RAW, "raw"), (PROCESSED, "processed")):
        with closing(connected(role, database)) as connection, connection.cursor() as cursor:
            cursor.execute((RECORDED / f"{name}.sql").read_text())
            connection.commit()
    return own_postgres


def model_of(server: Postgres, folder: Path, name: str, **changes: Any) -> IngestedModel:
    """Makes the model of a recorded table."""
    model = IngestedModel(server.settings("ingest"), folder, name=name, **changes)
    model.spec = model.spec.model_copy(update={"name": name})
    return model


def asked(server: Postgres, database: str, query: str) -> Any:
    """Asks a database for one value."""
    with (
        closing(connected(server.settings("ingest"), database)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(query)
        [(value,)] = cursor.fetchall()
        return value


def contents(server: Postgres, name: str) -> list[Any]:
    """Reads the rows and the columns of a model's table, and its raw records."""
    own = name.replace("-", "_")
    return [
        asked(server, PROCESSED, SUMMARY.format(f"processed.{own}")),
        asked(server, PROCESSED, COLUMNS.format(own)),
        asked(server, RAW, SUMMARY.format(f"raw.{own}")),
    ]


@pytest.mark.parametrize(("name", "key"), [("filled", ()), ("filled-keyed", KEY)])
def test_a_first_version_goes_on_to_the_byte(
    filled: Postgres, tmp_path: Path, name: str, key: tuple[str, ...]
) -> None:
    model = model_of(filled, tmp_path, name, key=key)
    before = contents(filled, name)
    last = asked(
        filled, PROCESSED, f"SELECT max(data_digest) FROM processed.batches WHERE batch = 2 AND "
        f"model = '{name}'"
    )  # fmt: skip

    batches = [model.ingest(source) for source in (SECOND, FIRST, SECOND)]

    assert [batch.batch for batch in batches] == [2, 1, 2]
    assert batches[0].data_digest == last
    assert contents(filled, name) == before
    grown = model.ingest(table(row(40), good=28))
    assert (grown.batch, grown.loaded, grown.rows_before) == (4, 1, batches[0].total_rows)


@pytest.mark.parametrize(("name", "key"), [("filled", ()), ("filled-keyed", KEY)])
def test_its_sources_are_replayed_where_the_spec_becomes_a_second_version(
    filled: Postgres, tmp_path: Path, name: str, key: tuple[str, ...]
) -> None:
    model = model_of(filled, tmp_path, name, key=key, spec=2)

    batches = [model.ingest(source) for source in (SECOND, FIRST)]

    assert [batch.batch for batch in batches] == [2, 4]
    assert batches[1].total_rows == (25 if key else 26)
    assert len(model.as_of(1)) == batches[1].total_rows
    for each in some(model.batches()):
        assert len(model.as_of(each.batch)) == each.total_rows


def test_programs_at_once_bring_it_up_to_date_once(filled: Postgres, tmp_path: Path) -> None:
    models = []
    for name, key in (("filled", ()), ("filled-keyed", KEY)):
        folder = tmp_path / name
        folder.mkdir()
        model = model_of(filled, folder, name, key=key)
        model.write(SECOND)
        models.append(model)

    results = [finished(process) for process in [model.start() for model in (*models, *models)]]

    assert [code for code, _ in results] == [0] * 4
    assert {events[-1]["new"] for _, events in results} == {False}


def test_the_release_before_goes_on_after_it(filled: Postgres, tmp_path: Path) -> None:
    model_of(filled, tmp_path, "filled").ingest(SECOND)
    raw = (
        "INSERT INTO raw.batches (model, batch, source, source_digest, source_bytes, header, "
        "records) VALUES ('filled', 9, 'x', 'y', 1, 'h', 1) RETURNING spec"
    )
    processed = (
        "INSERT INTO processed.batches (model, batch, table_digest, source_digest, rows_in, "
        "loaded, duplicate, quarantined, total_rows, data_digest) "
        "VALUES ('filled', 9, 't', 's', 1, 1, 0, 0, 99, 'd') RETURNING removed"
    )

    answers = [asked(filled, RAW, raw), asked(filled, PROCESSED, processed)]

    assert answers == [1, 0]


def test_a_trainer_that_comes_first_reads_it(filled: Postgres, tmp_path: Path) -> None:
    model = model_of(filled, tmp_path, "filled")
    reader = engine(filled.settings("trainer"), PROCESSED)

    try:
        batches = [read_batch(reader, model.spec, 2), await_batch(reader, model.spec, Wait(0))]
    finally:
        reader.dispose()

    assert [batch.total_rows for batch in batches if batch] == [31, 31]


def test_a_refused_source_is_taken_once_the_spec_allows_it(
    filled: Postgres, tmp_path: Path
) -> None:
    model = model_of(filled, tmp_path, "filled")
    model.change(source={**model.spec.source.model_dump(mode="json"), "max_bad_fraction": 0.6})

    batch = model.ingest(REFUSED)

    assert (batch.batch, batch.duplicate, batch.quarantined) == (4, 9, 9)
