"""Every step of an ingest and of a rebuild, killed there: the program, and the server under it."""

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
from tests.integration.ingest.workbench import Workbench

from rookery_local.servers.postgres import Postgres


@pytest.mark.parametrize("step", HOLDS)
@pytest.mark.parametrize("kills", [1, 2])
def test_an_ingest_killed_at_any_step_is_completed(
    bench: Workbench, postgres: Postgres, step: str, kills: int
) -> None:
    grow(bench)

    for _ in range(kills):
        killed_at(bench, postgres.admin, HOLDS[step])

    rerun(bench)
    assert_grown(bench)


@pytest.mark.parametrize("step", REBUILD_HOLDS)
def test_a_rebuild_killed_at_any_step_is_done_again(
    bench: Workbench, postgres: Postgres, step: str
) -> None:
    respecify(bench)
    before = bench.accounts()

    killed_at(bench, postgres.admin, REBUILD_HOLDS[step])

    assert bench.accounts() == before
    rerun(bench)
    assert_respecified(bench)


@pytest.mark.parametrize("step", HOLDS)
def test_a_server_killed_at_any_step_keeps_whole_batches(
    mortal: Postgres, tmp_path: Path, step: str
) -> None:
    bench = Workbench(mortal.settings("ingest"), tmp_path)
    grow(bench)

    server_killed_at(bench, mortal, HOLDS[step])

    rerun(bench)
    assert_grown(bench)


@pytest.mark.parametrize("step", REBUILD_HOLDS)
def test_a_server_killed_during_a_rebuild_keeps_the_old_table(
    mortal: Postgres, tmp_path: Path, step: str
) -> None:
    bench = Workbench(mortal.settings("ingest"), tmp_path)
    respecify(bench)
    before = bench.accounts()

    server_killed_at(bench, mortal, REBUILD_HOLDS[step])

    assert bench.accounts() == before
    rerun(bench)
    assert_respecified(bench)


@pytest.mark.parametrize("step", FIRST_HOLDS)
def test_a_first_ingest_killed_at_any_step_is_done_again(
    bench: Workbench, postgres: Postgres, step: str
) -> None:
    begin(bench)

    killed_at(bench, postgres.admin, FIRST_HOLDS[step])

    rerun(bench)
    assert_begun(bench)


@pytest.mark.parametrize("step", FIRST_HOLDS)
def test_a_server_killed_in_a_first_ingest_keeps_whole_batches(
    mortal: Postgres, tmp_path: Path, step: str
) -> None:
    bench = Workbench(mortal.settings("ingest"), tmp_path)
    begin(bench)

    server_killed_at(bench, mortal, FIRST_HOLDS[step])

    rerun(bench)
    assert_begun(bench)
