"""Killed, in a crowd, or with another spec: nothing is lost and nothing doubled. A sample."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from tests.integration.ingest.interruptions import (
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
from tests.integration.ingest.workbench import Make, Workbench, finished, row, table

from rookery_core.databases import PROCESSED, RAW
from rookery_core.errors import Refused
from rookery_ingest.database import Database
from rookery_ingest.processed import Account, ProcessedData
from rookery_ingest.raw import RawData
from rookery_ingest.source import Stream
from rookery_local.servers.postgres import Postgres


@pytest.mark.parametrize(
    "step", ["raw records copied, batch not yet", "raw committed", "rows inserted, account not yet"]
)
def test_a_killed_ingest_is_completed_by_the_next(
    bench: Workbench, postgres: Postgres, step: str
) -> None:
    grow(bench)

    killed_at(bench, postgres.admin, HOLDS[step])

    rerun(bench)
    assert_grown(bench)


def test_a_killed_first_ingest_leaves_tables_that_the_next_fills(
    bench: Workbench, postgres: Postgres
) -> None:
    begin(bench)

    for hold in FIRST_HOLDS.values():
        killed_at(bench, postgres.admin, hold)

    rerun(bench)
    assert_begun(bench)


def test_a_half_done_batch_is_completed_though_its_source_is_gone(
    bench: Workbench, postgres: Postgres
) -> None:
    grow(bench)
    killed_at(bench, postgres.admin, HOLDS["raw committed"])
    bench.file.unlink()

    with pytest.raises(Refused, match="is not a file"):
        bench.ingest()

    assert_grown(bench)


def test_a_killed_rebuild_leaves_the_old_table_and_is_done_by_the_next(
    bench: Workbench, postgres: Postgres
) -> None:
    respecify(bench)
    before = bench.accounts()

    killed_at(bench, postgres.admin, REBUILD_HOLDS["old accounts still there"])

    assert bench.accounts() == before
    rerun(bench)
    assert_respecified(bench)


def test_a_killed_server_leaves_whole_batches(mortal: Postgres, tmp_path: Path) -> None:
    bench = Workbench(mortal.settings("ingest"), tmp_path)
    grow(bench)

    server_killed_at(bench, mortal, HOLDS["rows inserted, account not yet"])

    rerun(bench)
    assert_grown(bench)


def test_two_ingests_at_once_bring_a_source_in_once(bench: Workbench) -> None:
    bench.write(table(good=2000))

    results = [finished(process) for process in (bench.start(), bench.start())]

    assert [code for code, _ in results] == [0, 0]
    assert sorted(events[-1]["new"] for _, events in results) == [False, True]
    assert len(bench.accounts()) == 1
    assert len(bench.rows()) == 2000
    bench.assert_accounted()


def test_transactions_at_once_without_the_lock_bring_a_source_in_once(bench: Workbench) -> None:
    bench.write(table(row(1), good=2000))

    with ThreadPoolExecutor(3) as pool:
        accounts = list(pool.map(lambda _: _brought_in(bench), range(3)))

    assert len(set(accounts)) == 1
    assert bench.accounts() == accounts[:1]
    assert len(bench.raw()) == len(bench.rows()) == 2001
    bench.assert_accounted()


def _brought_in(bench: Workbench) -> Account:
    """What an ingest does once it has its lock: as one does that was paused and lost it."""
    with (
        closing(Database(bench.role, RAW)) as raw_database,
        closing(Database(bench.role, PROCESSED)) as processed_database,
    ):
        raw = RawData(raw_database, bench.spec)
        processed = ProcessedData(processed_database, bench.spec)
        raw.prepare()
        processed.prepare()
        batch = raw.store(Stream(bench.spec.source, bench.settings, bench.store))
        return processed.complete(raw, batch)


def test_models_ingested_at_once_do_not_disturb_each_other(make_bench: Make) -> None:
    benches = [make_bench() for _ in range(3)]
    for bench in benches:
        bench.write(table(good=20))

    results = [finished(process) for process in [bench.start() for bench in benches]]

    assert [code for code, _ in results] == [0, 0, 0]
    for bench in benches:
        bench.assert_accounted()


def test_a_changed_spec_rebuilds_from_raw_data_alone(bench: Workbench) -> None:
    respecify(bench)
    bench.file.unlink()

    with pytest.raises(Refused, match="is not a file"):
        bench.ingest()

    assert_respecified(bench)


def test_a_spec_that_an_earlier_batch_does_not_fit_changes_nothing(bench: Workbench) -> None:
    bench.ingest(table(good=20))
    before = bench.accounts()
    document = bench.spec.model_dump(mode="json")
    document["columns"][5] |= {"range": [5000, 9000], "example": 6000}
    bench.change(columns=document["columns"])

    with pytest.raises(Refused, match=r"batch 1.*bad"):
        bench.ingest()

    assert bench.accounts() == before
    assert len(bench.rows()) == 20


def test_a_reader_holds_no_ingest_up(bench: Workbench, postgres: Postgres) -> None:
    grow(bench)

    with bench.reading(postgres.settings("trainer")) as count:
        bench.ingest()

        assert count() == 25
    assert_grown(bench)
