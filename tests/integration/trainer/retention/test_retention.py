"""Retention on the real registry, bucket and databases, with counts before and after."""

from dataclasses import replace
from uuid import uuid4

import pytest
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException
from pydantic import SecretStr
from tests.integration.trainer.support.challengers import LoggedChallenger, RegisteredModel

from rookery_core.errors import Refused, Unavailable
from rookery_core.registry_names import CHAMPION, PREVIOUS, TAG_SWEEP
from rookery_local.servers.object_store import ObjectStore
from rookery_local.servers.postgres import Postgres
from rookery_trainer.locks.lock import LockTimes, locked, sweep_lock
from rookery_trainer.retention.mlflow_database import MlflowDatabase
from rookery_trainer.retention.plan import DAY, RetentionRules
from rookery_trainer.retention.retention import Retention
from rookery_trainer.stored_objects import StoredObjects

OBJECTS = 6
"""Of a challenger: one of the parent run, two of the bundle, three of the logged model."""


@pytest.fixture
def retention(model: RegisteredModel, postgres: Postgres, object_store: ObjectStore) -> Retention:
    """Retention that keeps only the newest version, whatever its age."""
    return Retention(
        client=model.client,
        postgres=model.postgres,
        database=MlflowDatabase(postgres.settings("mlflow")),
        objects=StoredObjects(object_store.settings, f"s3://{object_store.bucket}"),
        rules=RetentionRules(keep_versions=1, min_age=0),
        times=LockTimes(),
    )


class Vanishing(StoredObjects):
    """A bucket that answers until something is to be removed."""

    def __init__(self, bucket: StoredObjects) -> None:
        self.root = bucket.root
        self._there = bucket

    def keys(self, folder: str) -> list[str]:
        return self._there.keys(folder)

    def remove(self, folder: str) -> int:
        raise Unavailable(f"{folder} is away")


def four_versions(model: RegisteredModel) -> list[LoggedChallenger]:
    """Makes champions 1, 2 and 3 (3 is `champion`, 2 is `previous`), and the rejected 4."""
    challengers = [model.challenger(score, artifacts=True) for score in (1, 2, 3, 0)]
    for challenger in challengers:
        model.decide(challenger)
    return challengers


def objects_of(retention: Retention, model: RegisteredModel, challenger: LoggedChallenger) -> int:
    """Counts the challenger's objects in the bucket."""
    experiment = model.experiment
    folders = [f"{experiment}/{run}/" for run in (challenger.parent_run_id, challenger.run_id)]
    folders.append(f"{experiment}/models/{challenger.model_id}/")
    return sum(len(retention.objects.keys(folder)) for folder in folders)


def runs(model: RegisteredModel) -> int:
    """Counts the model's runs, those in the trash too."""
    return len(model.client.search_runs([model.experiment], run_view_type=ViewType.ALL))


def test_old_sweep_goes_whole_and_the_others_stay_whole(
    model: RegisteredModel, retention: Retention
) -> None:
    first, *others = four_versions(model)
    assert [objects_of(retention, model, each) for each in (first, *others)] == [OBJECTS] * 4
    aliases = model.registry.aliases()

    planned = retention.clean(model.registry)

    assert [removal.versions for removal in planned.removals] == [(1,)]
    assert list(model.registry.versions()) == [2, 3, 4]
    assert model.registry.aliases() == aliases == {PREVIOUS: 2, CHAMPION: 3}
    assert objects_of(retention, model, first) == 0
    assert [objects_of(retention, model, each) for each in others] == [OBJECTS] * 3
    assert len(retention.objects.keys(f"{model.experiment}/")) == 3 * OBJECTS
    assert runs(model) == 6
    with pytest.raises(MlflowException, match="not found"):
        model.client.get_logged_model(first.model_id)
    assert retention.clean(model.registry).removals == ()


def test_dry_run_removes_nothing(model: RegisteredModel, retention: Retention) -> None:
    four_versions(model)

    planned = retention.clean(model.registry, dry_run=True)

    assert [removal.versions for removal in planned.removals] == [(1,)]
    assert len(model.registry.versions()) == 4
    assert len(retention.objects.keys(f"{model.experiment}/")) == 4 * OBJECTS
    assert runs(model) == 8


def test_young_sweeps_stay(model: RegisteredModel, retention: Retention) -> None:
    four_versions(model)
    strict = replace(retention, rules=RetentionRules(keep_versions=1, min_age=DAY))

    planned = strict.clean(model.registry)

    assert planned.removals == ()


def test_sweep_that_somebody_works_on_stays(model: RegisteredModel, retention: Retention) -> None:
    first = four_versions(model)[0]

    with locked(model.postgres, sweep_lock(first.sweep_id)):
        retention.clean(model.registry)

    assert objects_of(retention, model, first) == OBJECTS
    assert 1 in model.registry.versions()


def test_what_another_registered_model_comes_from_stays(
    model: RegisteredModel, retention: Retention
) -> None:
    first = four_versions(model)[0]
    other = f"t{uuid4().hex[:12]}"
    model.client.create_registered_model(other)
    source = f"models:/{first.model_id}"
    model.client.create_model_version(other, source, first.run_id, model_id=first.model_id)

    planned = retention.clean(model.registry)

    assert planned.removals == ()
    assert any("registered elsewhere" in doubt for doubt in planned.doubts)
    assert objects_of(retention, model, first) == OBJECTS


def test_version_that_an_alias_of_a_person_names_stays(
    model: RegisteredModel, retention: Retention
) -> None:
    first = four_versions(model)[0]
    model.client.set_registered_model_alias(model.name, "exhibit", "1")

    retention.clean(model.registry)

    assert objects_of(retention, model, first) == OBJECTS
    assert model.registry.aliases()["exhibit"] == 1


def test_sweep_in_the_trash_half_removed_is_removed_whole(
    model: RegisteredModel, retention: Retention
) -> None:
    first = four_versions(model)[0]
    model.client.delete_model_version(model.name, "1")
    model.client.delete_run(first.run_id)

    retention.clean(model.registry)

    assert objects_of(retention, model, first) == 0
    assert runs(model) == 6


def test_trash_of_other_people_stays(model: RegisteredModel, retention: Retention) -> None:
    four_versions(model)
    own = model.client.create_run(model.experiment).info.run_id
    model.client.log_text(own, "note", "note.txt")
    model.client.delete_run(own)

    retention.clean(model.registry)

    assert model.client.get_run(own).info.lifecycle_stage == "deleted"
    assert len(retention.objects.keys(f"{model.experiment}/{own}/")) == 1


def test_champion_that_the_ledger_does_not_know_stops_retention(
    model: RegisteredModel, retention: Retention
) -> None:
    challenger = model.challenger(1, artifacts=True)
    tags = {TAG_SWEEP: challenger.sweep_id}
    model.registry.register(challenger.sweep_id, challenger.run_id, challenger.model_id, tags)
    model.client.set_registered_model_alias(model.name, CHAMPION, "1")

    with pytest.raises(Refused, match="which the ledger does not know"):
        retention.clean(model.registry)

    assert model.registry.aliases() == {CHAMPION: 1}
    assert objects_of(retention, model, challenger) == OBJECTS


def test_wrong_place_in_the_bucket_stops_retention(
    model: RegisteredModel, retention: Retention, object_store: ObjectStore
) -> None:
    four_versions(model)
    elsewhere = StoredObjects(object_store.settings, f"s3://{object_store.bucket}/elsewhere")

    with pytest.raises(Refused, match="ROOKERY_RETENTION_ARTIFACTS"):
        replace(retention, objects=elsewhere).clean(model.registry)

    assert len(model.registry.versions()) == 4
    assert runs(model) == 8


def test_key_that_the_bucket_does_not_know_is_refused_in_words(
    model: RegisteredModel, retention: Retention, object_store: ObjectStore
) -> None:
    four_versions(model)
    wrong = object_store.settings.model_copy(update={"secret_key": SecretStr("wrong")})
    locked_out = StoredObjects(wrong, f"s3://{object_store.bucket}")

    with pytest.raises(Unavailable, match=f"bucket {object_store.bucket} of .* refuses"):
        replace(retention, objects=locked_out).clean(model.registry)

    assert len(model.registry.versions()) == 4


def test_bucket_that_goes_away_in_the_middle_ends_retention_and_the_next_one_does_the_rest(
    model: RegisteredModel, retention: Retention
) -> None:
    first = four_versions(model)[0]
    goes_away = replace(retention, objects=Vanishing(retention.objects))

    with pytest.raises(Unavailable, match="is away"):
        goes_away.clean(model.registry)
    assert objects_of(retention, model, first) == OBJECTS
    retention.clean(model.registry)

    assert objects_of(retention, model, first) == 0
    assert runs(model) == 6
