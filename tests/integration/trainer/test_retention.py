"""Retention on the real registry, bucket and databases, with counts before and after."""

from dataclasses import replace
from uuid import uuid4

import pytest
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException
from pydantic import SecretStr
from tests.integration.trainer.candidates import Desk

from rookery_core.errors import Refused, Unavailable
from rookery_core.registry import CHAMPION, PREVIOUS, TAG_SWEEP
from rookery_local.object_store import ObjectStore
from rookery_local.postgres import Postgres
from rookery_trainer.artifact_objects import ArtifactObjects
from rookery_trainer.lock import LockTimes, locked, sweep_lock
from rookery_trainer.promotion import Candidate
from rookery_trainer.retention import Retention
from rookery_trainer.retention_plan import DAY, Rules
from rookery_trainer.tracking_rows import TrackingRows

OBJECTS = 6
"""Of a candidate: one of the parent run, two of the bundle, three of the logged model."""


@pytest.fixture
def retention(desk: Desk, postgres: Postgres, object_store: ObjectStore) -> Retention:
    """Keeps the newest version alone, of any age."""
    return Retention(
        client=desk.client,
        postgres=desk.postgres,
        rows=TrackingRows(postgres.settings("mlflow")),
        objects=ArtifactObjects(object_store.settings, f"s3://{object_store.bucket}"),
        rules=Rules(keep_versions=1, min_age=0),
        times=LockTimes(),
    )


class Vanishing(ArtifactObjects):
    """A bucket that answers until something is to be removed."""

    def __init__(self, bucket: ArtifactObjects) -> None:
        self.root = bucket.root
        self._there = bucket

    def keys(self, folder: str) -> list[str]:
        return self._there.keys(folder)

    def remove(self, folder: str) -> int:
        raise Unavailable(f"{folder} is away")


def four_versions(desk: Desk) -> list[Candidate]:
    """Champions 1, 2 and 3, of which 3 is `champion` and 2 `previous`, and the rejected 4."""
    candidates = [desk.candidate(score, artifacts=True) for score in (1, 2, 3, 0)]
    for candidate in candidates:
        desk.conclude(candidate)
    return candidates


def objects_of(retention: Retention, desk: Desk, candidate: Candidate) -> int:
    """How many objects in the bucket are the candidate's."""
    experiment = desk.experiment
    folders = [f"{experiment}/{run}/" for run in (candidate.parent_run_id, candidate.run_id)]
    folders.append(f"{experiment}/models/{candidate.model_id}/")
    return sum(len(retention.objects.keys(folder)) for folder in folders)


def runs(desk: Desk) -> int:
    """Runs of the model, those in the trash too."""
    return len(desk.client.search_runs([desk.experiment], run_view_type=ViewType.ALL))


def test_old_sweep_goes_whole_and_the_others_stay_whole(desk: Desk, retention: Retention) -> None:
    first, *others = four_versions(desk)
    assert [objects_of(retention, desk, each) for each in (first, *others)] == [OBJECTS] * 4
    aliases = desk.registry.aliases()

    planned = retention.clean(desk.registry)

    assert [removal.versions for removal in planned.removals] == [(1,)]
    assert list(desk.registry.versions()) == [2, 3, 4]
    assert desk.registry.aliases() == aliases == {PREVIOUS: 2, CHAMPION: 3}
    assert objects_of(retention, desk, first) == 0
    assert [objects_of(retention, desk, each) for each in others] == [OBJECTS] * 3
    assert len(retention.objects.keys(f"{desk.experiment}/")) == 3 * OBJECTS
    assert runs(desk) == 6
    with pytest.raises(MlflowException, match="not found"):
        desk.client.get_logged_model(first.model_id)
    assert retention.clean(desk.registry).removals == ()


def test_dry_run_removes_nothing(desk: Desk, retention: Retention) -> None:
    four_versions(desk)

    planned = retention.clean(desk.registry, dry_run=True)

    assert [removal.versions for removal in planned.removals] == [(1,)]
    assert len(desk.registry.versions()) == 4
    assert len(retention.objects.keys(f"{desk.experiment}/")) == 4 * OBJECTS
    assert runs(desk) == 8


def test_young_sweeps_stay(desk: Desk, retention: Retention) -> None:
    four_versions(desk)
    strict = replace(retention, rules=Rules(keep_versions=1, min_age=DAY))

    planned = strict.clean(desk.registry)

    assert planned.removals == ()


def test_sweep_that_somebody_works_on_stays(desk: Desk, retention: Retention) -> None:
    first = four_versions(desk)[0]

    with locked(desk.postgres, sweep_lock(first.sweep_id)):
        retention.clean(desk.registry)

    assert objects_of(retention, desk, first) == OBJECTS
    assert 1 in desk.registry.versions()


def test_what_another_registered_model_comes_from_stays(desk: Desk, retention: Retention) -> None:
    first = four_versions(desk)[0]
    other = f"t{uuid4().hex[:12]}"
    desk.client.create_registered_model(other)
    source = f"models:/{first.model_id}"
    desk.client.create_model_version(other, source, first.run_id, model_id=first.model_id)

    planned = retention.clean(desk.registry)

    assert planned.removals == ()
    assert any("registered elsewhere" in doubt for doubt in planned.doubts)
    assert objects_of(retention, desk, first) == OBJECTS


def test_version_that_an_alias_of_a_person_names_stays(desk: Desk, retention: Retention) -> None:
    first = four_versions(desk)[0]
    desk.client.set_registered_model_alias(desk.model, "exhibit", "1")

    retention.clean(desk.registry)

    assert objects_of(retention, desk, first) == OBJECTS
    assert desk.registry.aliases()["exhibit"] == 1


def test_sweep_in_the_trash_half_removed_is_removed_whole(desk: Desk, retention: Retention) -> None:
    first = four_versions(desk)[0]
    desk.client.delete_model_version(desk.model, "1")
    desk.client.delete_run(first.run_id)

    retention.clean(desk.registry)

    assert objects_of(retention, desk, first) == 0
    assert runs(desk) == 6


def test_trash_of_other_people_stays(desk: Desk, retention: Retention) -> None:
    four_versions(desk)
    own = desk.client.create_run(desk.experiment).info.run_id
    desk.client.log_text(own, "note", "note.txt")
    desk.client.delete_run(own)

    retention.clean(desk.registry)

    assert desk.client.get_run(own).info.lifecycle_stage == "deleted"
    assert len(retention.objects.keys(f"{desk.experiment}/{own}/")) == 1


def test_champion_that_the_ledger_does_not_know_stops_retention(
    desk: Desk, retention: Retention
) -> None:
    candidate = desk.candidate(1, artifacts=True)
    tags = {TAG_SWEEP: candidate.sweep_id}
    desk.registry.register(candidate.sweep_id, candidate.run_id, candidate.model_id, tags)
    desk.client.set_registered_model_alias(desk.model, CHAMPION, "1")

    with pytest.raises(Refused, match="which the ledger does not know"):
        retention.clean(desk.registry)

    assert desk.registry.aliases() == {CHAMPION: 1}
    assert objects_of(retention, desk, candidate) == OBJECTS


def test_wrong_place_in_the_bucket_stops_retention(
    desk: Desk, retention: Retention, object_store: ObjectStore
) -> None:
    four_versions(desk)
    elsewhere = ArtifactObjects(object_store.settings, f"s3://{object_store.bucket}/elsewhere")

    with pytest.raises(Refused, match="ROOKERY_RETENTION_ARTIFACTS"):
        replace(retention, objects=elsewhere).clean(desk.registry)

    assert len(desk.registry.versions()) == 4
    assert runs(desk) == 8


def test_key_that_the_bucket_does_not_know_is_refused_in_words(
    desk: Desk, retention: Retention, object_store: ObjectStore
) -> None:
    four_versions(desk)
    wrong = object_store.settings.model_copy(update={"secret_key": SecretStr("wrong")})
    locked_out = ArtifactObjects(wrong, f"s3://{object_store.bucket}")

    with pytest.raises(Unavailable, match=f"bucket {object_store.bucket} of .* refuses"):
        replace(retention, objects=locked_out).clean(desk.registry)

    assert len(desk.registry.versions()) == 4


def test_bucket_that_goes_away_in_the_middle_ends_retention_and_the_next_one_does_the_rest(
    desk: Desk, retention: Retention
) -> None:
    first = four_versions(desk)[0]
    goes_away = replace(retention, objects=Vanishing(retention.objects))

    with pytest.raises(Unavailable, match="is away"):
        goes_away.clean(desk.registry)
    assert objects_of(retention, desk, first) == OBJECTS
    retention.clean(desk.registry)

    assert objects_of(retention, desk, first) == 0
    assert runs(desk) == 6
