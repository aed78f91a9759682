"""Every step of an ingest and of a rebuild, killed there: the program, and the server under it."""

from pathlib import Path

import pytest
from tests.integration.ingest.support import interrupted_versions as versions
from tests.integration.ingest.support.ingested_model import IngestedModel, MakeModel
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

from rookery_local.servers.postgres import Postgres

KEY = ("bill_length_mm", "bill_depth_mm", "body_mass_g")


@pytest.mark.parametrize("step", HOLDS)
@pytest.mark.parametrize("kills", [1, 2])
def test_an_ingest_killed_at_any_step_is_completed(
    model: IngestedModel, postgres: Postgres, step: str, kills: int
) -> None:
    grow(model)

    for _ in range(kills):
        killed_at(model, postgres.admin, HOLDS[step])

    rerun(model)
    assert_grown(model)


@pytest.mark.parametrize("step", REBUILD_HOLDS)
def test_a_rebuild_killed_at_any_step_is_done_again(
    model: IngestedModel, postgres: Postgres, step: str
) -> None:
    respecify(model)
    before = model.batches()

    killed_at(model, postgres.admin, REBUILD_HOLDS[step])

    assert model.batches() == before
    rerun(model)
    assert_respecified(model)


@pytest.mark.parametrize("step", HOLDS)
def test_a_server_killed_at_any_step_keeps_whole_batches(
    own_postgres: Postgres, tmp_path: Path, step: str
) -> None:
    model = IngestedModel(own_postgres.settings("ingest"), tmp_path)
    grow(model)

    server_killed_at(model, own_postgres, HOLDS[step])

    rerun(model)
    assert_grown(model)


@pytest.mark.parametrize("step", REBUILD_HOLDS)
def test_a_server_killed_during_a_rebuild_keeps_the_old_table(
    own_postgres: Postgres, tmp_path: Path, step: str
) -> None:
    model = IngestedModel(own_postgres.settings("ingest"), tmp_path)
    respecify(model)
    before = model.batches()

    server_killed_at(model, own_postgres, REBUILD_HOLDS[step])

    assert model.batches() == before
    rerun(model)
    assert_respecified(model)


@pytest.mark.parametrize("step", FIRST_HOLDS)
def test_a_first_ingest_killed_at_any_step_is_done_again(
    model: IngestedModel, postgres: Postgres, step: str
) -> None:
    begin(model)

    killed_at(model, postgres.admin, FIRST_HOLDS[step])

    rerun(model)
    assert_begun(model)


@pytest.mark.parametrize("step", FIRST_HOLDS)
def test_a_server_killed_in_a_first_ingest_keeps_whole_batches(
    own_postgres: Postgres, tmp_path: Path, step: str
) -> None:
    model = IngestedModel(own_postgres.settings("ingest"), tmp_path)
    begin(model)

    server_killed_at(model, own_postgres, FIRST_HOLDS[step])

    rerun(model)
    assert_begun(model)


@pytest.mark.parametrize("key", [(), KEY], ids=["content", "key"])
@pytest.mark.parametrize("step", versions.REVISE_HOLDS)
@pytest.mark.parametrize("kills", [1, 2])
def test_a_revision_killed_at_any_step_is_completed(
    make_model: MakeModel, postgres: Postgres, step: str, kills: int, key: tuple[str, ...]
) -> None:
    model = make_model(spec=2, key=key)
    versions.revise(model)

    for _ in range(kills):
        killed_at(model, postgres.admin, versions.REVISE_HOLDS[step])

    rerun(model)
    versions.assert_revised(model)


@pytest.mark.parametrize("step", versions.BEGIN_HOLDS)
def test_a_first_batch_of_versions_killed_at_any_step_is_done_again(
    make_model: MakeModel, postgres: Postgres, step: str
) -> None:
    model = make_model(spec=2)
    model.prepare()
    versions.begin(model)

    killed_at(model, postgres.admin, versions.BEGIN_HOLDS[step])

    rerun(model)
    versions.assert_begun(model)


@pytest.mark.parametrize("step", versions.REPLAY_HOLDS)
def test_a_replay_killed_at_any_step_is_done_again(
    make_model: MakeModel, postgres: Postgres, step: str
) -> None:
    model = make_model(spec=2)
    versions.respecify(model)
    before = model.batches()

    killed_at(model, postgres.admin, versions.REPLAY_HOLDS[step])

    assert model.batches() == before
    rerun(model)
    versions.assert_respecified(model)


@pytest.mark.parametrize("step", versions.REVISE_HOLDS)
def test_a_server_killed_in_a_revision_keeps_whole_batches(
    own_postgres: Postgres, tmp_path: Path, step: str
) -> None:
    model = IngestedModel(own_postgres.settings("ingest"), tmp_path, spec=2)
    versions.revise(model)

    server_killed_at(model, own_postgres, versions.REVISE_HOLDS[step])

    rerun(model)
    versions.assert_revised(model)
