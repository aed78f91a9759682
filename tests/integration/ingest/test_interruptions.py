"""Killed, in a crowd, or with another spec: nothing is lost and nothing doubled. A sample."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from tests.integration.ingest.support import interrupted_versions as versions
from tests.integration.ingest.support.ingested_model import (
    IngestedModel,
    MakeModel,
    finished,
    row,
    table,
)
from tests.integration.ingest.support.interruptions import (
    FIRST_HOLDS,
    HOLDS,
    REBUILD_HOLDS,
    assert_begun,
    assert_grown,
    assert_respecified,
    begin,
    grow,
    killed_at,
    rerun,
    respecify,
    server_killed_at,
)

from rookery_core.database.names import PROCESSED, RAW
from rookery_core.errors import Refused
from rookery_ingest.ingest import complete
from rookery_ingest.load.database import Database
from rookery_ingest.load.processed_data import CompletedBatch, ProcessedData
from rookery_ingest.load.raw_data import RawData
from rookery_ingest.source.stream import Stream
from rookery_local.servers.postgres import Postgres


@pytest.mark.parametrize(
    "step", ["raw records copied, batch not yet", "raw committed", "rows inserted, batch not yet"]
)
def test_a_killed_ingest_is_completed_by_the_next(
    model: IngestedModel, postgres: Postgres, step: str
) -> None:
    grow(model)

    killed_at(model, postgres.admin, HOLDS[step])

    rerun(model)
    assert_grown(model)


def test_a_killed_first_ingest_leaves_tables_that_the_next_fills(
    model: IngestedModel, postgres: Postgres
) -> None:
    begin(model)

    for hold in FIRST_HOLDS.values():
        killed_at(model, postgres.admin, hold)

    rerun(model)
    assert_begun(model)


@pytest.mark.parametrize(
    "step",
    ["raw committed", "rows removed and added, sides not yet", "sides dealt, batch not yet"],
)
def test_a_killed_revision_is_completed_by_the_next(
    make_model: MakeModel, postgres: Postgres, step: str
) -> None:
    model = make_model(spec=2)
    versions.revise(model)

    killed_at(model, postgres.admin, versions.REVISE_HOLDS[step])

    rerun(model)
    versions.assert_revised(model)


def test_a_killed_first_batch_leaves_no_side_behind(
    make_model: MakeModel, postgres: Postgres
) -> None:
    model = make_model(spec=2)
    model.prepare()
    versions.begin(model)

    for hold in ("key built, scheme not yet", "sides dealt, batch not yet"):
        killed_at(model, postgres.admin, versions.BEGIN_HOLDS[hold])

    rerun(model)
    versions.assert_begun(model)


def test_a_half_done_batch_is_completed_though_its_source_is_gone(
    model: IngestedModel, postgres: Postgres
) -> None:
    grow(model)
    killed_at(model, postgres.admin, HOLDS["raw committed"])
    model.file.unlink()

    with pytest.raises(Refused, match="is not a file"):
        model.ingest()

    assert_grown(model)


def test_a_killed_rebuild_leaves_the_old_table_and_is_done_by_the_next(
    model: IngestedModel, postgres: Postgres
) -> None:
    respecify(model)
    before = model.batches()

    killed_at(model, postgres.admin, REBUILD_HOLDS["old batches still there"])

    assert model.batches() == before
    rerun(model)
    assert_respecified(model)


def test_a_killed_server_leaves_whole_batches(own_postgres: Postgres, tmp_path: Path) -> None:
    model = IngestedModel(own_postgres.settings("ingest"), tmp_path)
    grow(model)

    server_killed_at(model, own_postgres, HOLDS["rows inserted, batch not yet"])

    rerun(model)
    assert_grown(model)


def test_two_ingests_at_once_bring_a_source_in_once(model: IngestedModel) -> None:
    model.write(table(good=2000))

    results = [finished(process) for process in (model.start(), model.start())]

    assert [code for code, _ in results] == [0, 0]
    assert sorted(events[-1]["new"] for _, events in results) == [False, True]
    assert len(model.batches()) == 1
    assert len(model.rows()) == 2000
    model.assert_accounted()


def test_transactions_at_once_without_the_lock_bring_a_source_in_once(model: IngestedModel) -> None:
    model.write(table(row(1), good=2000))

    with ThreadPoolExecutor(3) as pool:
        batches = list(pool.map(lambda _: _brought_in(model), range(3)))

    assert len(set(batches)) == 1
    assert model.batches() == batches[:1]
    assert len(model.raw()) == len(model.rows()) == 2001
    model.assert_accounted()


def _brought_in(model: IngestedModel) -> CompletedBatch:
    """Does what an ingest does once it has its lock, as one does that was paused and lost it."""
    with (
        closing(Database(model.role, RAW)) as raw_database,
        closing(Database(model.role, PROCESSED)) as processed_database,
    ):
        raw = RawData(raw_database, model.spec)
        processed = ProcessedData(processed_database, model.spec)
        raw.prepare()
        processed.prepare()
        batch = raw.store(Stream(model.spec.source, model.settings, model.store))
        return complete(raw, processed, batch)


def test_models_ingested_at_once_do_not_disturb_each_other(make_model: MakeModel) -> None:
    models = [make_model() for _ in range(3)]
    for model in models:
        model.write(table(good=20))

    results = [finished(process) for process in [model.start() for model in models]]

    assert [code for code, _ in results] == [0, 0, 0]
    for model in models:
        model.assert_accounted()


def test_a_changed_spec_rebuilds_from_raw_data_alone(model: IngestedModel) -> None:
    respecify(model)
    model.file.unlink()

    with pytest.raises(Refused, match="is not a file"):
        model.ingest()

    assert_respecified(model)


def test_a_spec_that_an_earlier_batch_does_not_fit_changes_nothing(model: IngestedModel) -> None:
    model.ingest(table(good=20))
    before = model.batches()
    document = model.spec.model_dump(mode="json")
    document["columns"][5] |= {"range": [5000, 9000], "example": 6000}
    model.change(columns=document["columns"])

    with pytest.raises(Refused, match=r"batch 1.*bad"):
        model.ingest()

    assert model.batches() == before
    assert len(model.rows()) == 20


def test_a_reader_holds_no_ingest_up(model: IngestedModel, postgres: Postgres) -> None:
    grow(model)

    with model.reading(postgres.settings("trainer")) as count:
        model.ingest()

        assert count() == 25
    assert_grown(model)
