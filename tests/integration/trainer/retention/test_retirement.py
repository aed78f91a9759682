"""Retirement on real servers: what has read a forgotten row goes, once another version serves."""

from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from tests.integration.trainer.support.disturbed_sweeps import Sweeps, ledger
from tests.integration.trainer.support.forgettable import (
    ForgettableModel,
    forgettable,
    numbered,
)
from tests.integration.trainer.support.sweep_processes import Task, run

from rookery_core.errors import Refused, Unavailable
from rookery_core.registry_names import CHAMPION, PREVIOUS
from rookery_core.waiting import Wait
from rookery_local.servers.object_store import ObjectStore
from rookery_local.servers.postgres import Postgres
from rookery_trainer.locks.lock import LockTimes, locked, sweep_lock
from rookery_trainer.retention.mlflow_database import MlflowDatabase
from rookery_trainer.retention.plan import DAY, Plan, RetentionRules
from rookery_trainer.retention.retention import Retention
from rookery_trainer.retention.retirement import Retirement
from rookery_trainer.stored_objects import StoredObjects
from rookery_trainer.tracking.client import Retrying
from rookery_trainer.tracking.model_registry import ModelRegistry

BIRD = 7
ALWAYS = {"policy": "always"}


@dataclass
class TrainedModel:
    """A model whose sweeps are promoted, and what retires them."""

    model: ForgettableModel
    sweeps: Sweeps
    retirement: Retirement
    folder: Path

    @property
    def registry(self) -> ModelRegistry:
        """Its registered model."""
        return ModelRegistry(self.sweeps.client, Retrying(Wait(60, 0.1)), self.model.spec.name)

    def train(self) -> Task:
        """Runs a new sweep."""
        sweep_id = uuid4().hex
        role, log = self.sweeps.postgres.settings("trainer"), self.folder / f"{sweep_id}.log"
        task = Task(role, self.sweeps.tracking, self.model.spec, sweep_id, log)
        assert run(task) == 0, log.read_text()
        return task

    def retire(self, *, dry_run: bool = False) -> Plan:
        """Retires the versions that have read a forgotten row."""
        return self.retirement.retire(self.model.spec, self.registry, dry_run=dry_run)

    def objects(self) -> int:
        """Counts the objects of all its sweeps."""
        experiment = self.sweeps.client.get_experiment_by_name(self.model.spec.name)
        assert experiment is not None
        return len(self.retirement.retention.objects.keys(f"{experiment.experiment_id}/"))


@pytest.fixture
def trained(
    postgres: Postgres, object_store: ObjectStore, sweeps: Sweeps, tmp_path: Path
) -> TrainedModel:
    """A model of two champions, of which the second was trained after a bird was forgotten."""
    objects = StoredObjects(object_store.settings, f"s3://{object_store.bucket}")
    role, mlflow = postgres.settings("trainer"), MlflowDatabase(postgres.settings("mlflow"))
    rules = RetentionRules(keep_versions=5, min_age=30 * DAY)
    retention = Retention(sweeps.client, role, mlflow, objects, rules, LockTimes())
    model = forgettable(postgres.settings("ingest"), tmp_path, gate=ALWAYS)
    model.ingest(numbered())
    found = TrainedModel(model, sweeps, Retirement(retention, role), tmp_path)
    found.train()
    model.forget(BIRD)
    found.train()
    return found


def test_a_champion_that_has_read_the_row_is_refused_until_another_version_serves(
    postgres: Postgres, trained: TrainedModel
) -> None:
    trained.model.forget(BIRD + 1)
    before = trained.objects()

    with pytest.raises(Refused, match="version 2, has read a row that was forgotten: nothing is"):
        trained.retire()

    assert list(trained.registry.versions()) == [1, 2]
    assert trained.registry.aliases() == {CHAMPION: 2, PREVIOUS: 1}
    assert trained.objects() == before
    trained.train()
    trained.retire()
    assert list(trained.registry.versions()) == [3]
    assert trained.registry.aliases() == {CHAMPION: 3}


def test_what_has_read_the_row_goes_whole_and_the_rest_stays_whole(trained: TrainedModel) -> None:
    task = trained.train()
    before, decided = trained.objects(), ledger(trained.sweeps, task)

    planned = trained.retire()

    assert [removal.versions for removal in planned.removals] == [(1,)]
    assert list(trained.registry.versions()) == [2, 3]
    assert trained.registry.aliases() == {CHAMPION: 3, PREVIOUS: 2}
    assert trained.objects() == before * 2 // 3
    assert len(trained.sweeps.runs(task)) == 2 * (1 + trained.model.spec.trials)
    assert ledger(trained.sweeps, task) == decided
    assert len(decided) == 3
    assert trained.retire().removals == ()


def test_a_dry_run_removes_nothing(trained: TrainedModel) -> None:
    before = trained.objects()

    planned = trained.retire(dry_run=True)

    assert [removal.versions for removal in planned.removals] == [(1,)]
    assert trained.registry.aliases() == {CHAMPION: 2, PREVIOUS: 1}
    assert trained.objects() == before


def test_a_sweep_that_somebody_works_on_is_removed_later(trained: TrainedModel) -> None:
    [removal] = trained.retire(dry_run=True).removals

    with (
        locked(trained.retirement.postgres, sweep_lock(removal.sweep_id)),
        pytest.raises(Unavailable, match="stays for now"),
    ):
        trained.retire()

    assert list(trained.registry.versions()) == [1, 2]
    trained.retire()
    assert list(trained.registry.versions()) == [2]


def test_what_people_use_stays_and_is_told_after_the_others_are_gone(trained: TrainedModel) -> None:
    client, name = trained.sweeps.client, trained.model.spec.name
    client.set_registered_model_alias(name, "exhibit", "2")
    trained.model.forget(BIRD + 1)
    trained.train()

    with pytest.raises(Refused, match=r"the alias 'exhibit' names its version 2.*remove by hand"):
        trained.retire()

    assert list(trained.registry.versions()) == [2, 3]
    client.delete_registered_model_alias(name, "exhibit")
    trained.retire()
    assert list(trained.registry.versions()) == [3]


def test_the_removal_that_was_cut_short_is_finished_by_the_next(
    trained: TrainedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = trained.retirement.retention.objects
    monkeypatch.setattr(objects, "remove", away)

    with pytest.raises(Unavailable, match="is away"):
        trained.retire()
    monkeypatch.undo()
    planned = trained.retire()

    assert [removal.versions for removal in planned.removals] == [()]
    assert list(trained.registry.versions()) == [2]


def away(folder: str) -> int:
    """Raises what a store that does not answer raises."""
    raise Unavailable(f"{folder} is away")
