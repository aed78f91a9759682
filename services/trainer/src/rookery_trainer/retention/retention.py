"""Retention: removes old sweeps with their versions, runs, logged models and objects."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from mlflow import MlflowClient

from rookery_core.errors import Refused
from rookery_core.registry_names import CHAMPION, TAG_BUNDLE
from rookery_core.settings import PostgresSettings, S3Settings
from rookery_trainer.locks.lock import (
    HeldLock,
    LockTaken,
    LockTimes,
    locked,
    promotion_lock,
    sweep_lock,
)
from rookery_trainer.promotion.reconciliation import State, reconcile
from rookery_trainer.retention.inventory import facts, folders
from rookery_trainer.retention.mlflow_database import MlflowDatabase
from rookery_trainer.retention.plan import DAY, Facts, Plan, Removal, RetentionRules, Stays, plan
from rookery_trainer.retention.settings import RetentionSettings
from rookery_trainer.retention.soft_delete import soft_delete
from rookery_trainer.stored_objects import StoredObjects
from rookery_trainer.tracking.model_registry import ModelRegistry

_log = structlog.get_logger()


def make_retention(
    client: MlflowClient,
    postgres: PostgresSettings,
    mlflow_postgres: PostgresSettings,
    s3: S3Settings,
    settings: RetentionSettings,
) -> "Retention":
    """Makes retention with these settings and three identities: trainer, MLflow's, bucket key."""
    rules = RetentionRules(settings.keep_versions, int(settings.min_age_days * DAY))
    objects = StoredObjects(s3, settings.artifacts)
    return Retention(client, postgres, MlflowDatabase(mlflow_postgres), objects, rules, LockTimes())


@dataclass(frozen=True)
class Opened:
    """A model while its promotion lock is held."""

    lock: HeldLock
    state: State
    facts: Facts


@dataclass(frozen=True)
class Retention:
    """Removes the old sweeps of models, with an identity of its own."""

    client: MlflowClient
    postgres: PostgresSettings
    """The trainer's role: the ledger and the locks."""
    database: MlflowDatabase
    """MLflow's role."""
    objects: StoredObjects
    """The bucket's key."""
    rules: RetentionRules
    times: LockTimes

    def clean_all(
        self,
        registries: Sequence[ModelRegistry],
        left_out: Sequence[str] = (),
        *,
        dry_run: bool = False,
    ) -> None:
        """Cleans each model, also where another one is refused or was left out.

        Raises:
            Refused: for every model of which it is not certain what is served, and with the reasons
                of those that were left out.
        """
        refused = list(left_out)
        for registry in registries:
            try:
                self.clean(registry, dry_run=dry_run)
            except Refused as error:
                refused.append(str(error))
        if refused:
            raise Refused("; ".join(refused))

    def clean(self, registry: ModelRegistry, *, dry_run: bool = False) -> Plan:
        """Removes all that the plan says, unless it is a dry run.

        Raises:
            Refused: it is not certain which version is the champion; nothing was removed.
            Unavailable: MLflow, its database or the bucket was away; what was not removed then is
                in the plan of the next time again.
        """
        with self.opened(registry) as found:
            if found is None:
                return Plan((), {}, ())
            planned = plan(found.facts, self.rules, now=int(time.time() * 1000))
            self.announce(registry.model, planned, dry_run=dry_run)
            for removal in () if dry_run else planned.removals:
                self.remove(found.lock, registry, removal)
        return planned

    @contextmanager
    def opened(self, registry: ModelRegistry) -> Iterator["Opened | None"]:
        """Holds the model's promotion lock, and finds out what there is; None without any run.

        Raises:
            Refused: it is not certain which version is the champion, or where its bundle lies.
        """
        experiment = registry.retrying.run(
            lambda: self.client.get_experiment_by_name(registry.model)
        )
        if experiment is None:
            yield None
            return
        with locked(self.postgres, promotion_lock(registry.model), self.times) as lock:
            state = reconcile(lock, registry)
            _require_certainty(registry.model, state)
            self._require_bucket(state)
            found = facts(self.client, self.database, registry, experiment.experiment_id, state)
            yield Opened(lock, state, found)

    def _require_bucket(self, state: State) -> None:
        """Checks that the bucket is the tracking server's own: the champion's bundle is in it."""
        bundle = state.champion.tags.get(TAG_BUNDLE) if state.champion else None
        if bundle and not self.objects.keys(f"{bundle}/"):
            raise Refused(
                f"the champion's bundle {bundle} is not below {self.objects.root}: nothing is "
                "removed; give ROOKERY_RETENTION_ARTIFACTS the server's --artifacts-destination"
            )

    def announce(self, model: str, planned: Plan, *, dry_run: bool) -> None:
        """Logs what stays and why, and what goes, with its extent."""
        for doubt in planned.doubts:
            _log.warning("in doubt", model=model, reason=doubt)
        for sweep_id, reason in planned.kept.items():
            _log.info("kept", model=model, sweep_id=sweep_id, reason=reason)
        for removal in planned.removals:
            _log.info(
                "would be removed" if dry_run else "to be removed",
                model=model,
                sweep_id=removal.sweep_id,
                versions=list(removal.versions),
                runs=len(removal.runs),
                logged_models=len(removal.logged_models),
                objects=sum(len(self.objects.keys(folder)) for folder in folders(removal)),
            )

    def remove(self, lock: HeldLock, registry: ModelRegistry, removal: Removal) -> bool:
        """Removes the sweep, and returns whether it could; what is left is in the next plan."""
        try:
            # A process that works on the sweep holds this lock.
            with locked(self.postgres, sweep_lock(removal.sweep_id), LockTimes(wait=0)):
                soft_delete(self.client, lock, registry, removal)
                objects = sum(self.objects.remove(folder) for folder in folders(removal))
                lock.require()
                self.database.remove(removal.logged_models, removal.runs)
        except (LockTaken, Stays) as error:
            lock.require()
            _log.warning("stays", sweep_id=removal.sweep_id, reason=str(error))
            return False
        _log.info("removed", model=registry.model, sweep_id=removal.sweep_id, objects=objects)
        return True


def _require_certainty(model: str, state: State) -> None:
    if state.desired.champion is None and CHAMPION in state.aliases:
        raise Refused(
            f"{CHAMPION!r} of {model!r} names version {state.aliases[CHAMPION]}, which the ledger "
            "does not know: nothing is removed; remove the alias, or let a sweep promote a champion"
        )
    if state.desired.champion is None and state.entries.committed:
        raise Refused(
            f"no version of {model!r} that the ledger knows is left in the registry: nothing is "
            "removed; run a sweep"
        )
