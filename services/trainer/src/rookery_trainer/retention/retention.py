"""Retention: removes old sweeps with their versions, runs, logged models and objects."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

from rookery_core.errors import Refused
from rookery_core.registry_names import CHAMPION, TAG_BUNDLE, TAG_SWEEP
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
from rookery_trainer.retention.mlflow_database import MlflowDatabase
from rookery_trainer.retention.plan import (
    DAY,
    Facts,
    Plan,
    Removal,
    RetentionRules,
    Stays,
    StoredRun,
    plan,
)
from rookery_trainer.retention.settings import RetentionSettings
from rookery_trainer.retention.soft_delete import soft_delete
from rookery_trainer.stored_objects import StoredObjects
from rookery_trainer.tracking.artifact_address import artifact_path
from rookery_trainer.tracking.client import Retrying, all_pages
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
        experiment = registry.retrying.run(
            lambda: self.client.get_experiment_by_name(registry.model)
        )
        if experiment is None:
            return Plan((), {}, ())
        with locked(self.postgres, promotion_lock(registry.model), self.times) as lock:
            state = reconcile(lock, registry)
            _require_certainty(registry.model, state)
            self._require_bucket(state)
            facts = self._facts(registry, experiment.experiment_id, state)
            planned = plan(facts, self.rules, now=int(time.time() * 1000))
            self._announce(registry.model, planned, dry_run)
            for removal in () if dry_run else planned.removals:
                self._remove(lock, registry, removal)
        return planned

    def _require_bucket(self, state: State) -> None:
        """Checks that the bucket is the tracking server's own: the champion's bundle is in it."""
        bundle = state.champion.tags.get(TAG_BUNDLE) if state.champion else None
        if bundle and not self.objects.keys(f"{bundle}/"):
            raise Refused(
                f"the champion's bundle {bundle} is not below {self.objects.root}: nothing is "
                "removed; give ROOKERY_RETENTION_ARTIFACTS the server's --artifacts-destination"
            )

    def _facts(self, registry: ModelRegistry, experiment_id: str, state: State) -> Facts:
        return Facts(
            experiment_id=experiment_id,
            versions=state.versions,
            aliases=state.aliases,
            entries=state.entries,
            desired=state.desired,
            runs=self._runs(registry.retrying, experiment_id),
            logged_models=self.database.logged_models(experiment_id),
            named_elsewhere=self.database.named_elsewhere(registry.model),
        )

    def _runs(self, retrying: Retrying, experiment_id: str) -> tuple[StoredRun, ...]:
        search = partial(
            self.client.search_runs,
            [experiment_id],
            run_view_type=ViewType.ALL,
            max_results=1000,
        )
        found = all_pages(lambda token: retrying.run(partial(search, page_token=token)))
        return tuple(_sweep_run(run) for run in found if TAG_SWEEP in run.data.tags)

    def _announce(self, model: str, planned: Plan, dry_run: bool) -> None:
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
                objects=sum(len(self.objects.keys(folder)) for folder in _folders(removal)),
            )

    def _remove(self, lock: HeldLock, registry: ModelRegistry, removal: Removal) -> None:
        """Removes the sweep; after an interruption, it is in the next plan again."""
        try:
            # A process that works on the sweep holds this lock.
            with locked(self.postgres, sweep_lock(removal.sweep_id), LockTimes(wait=0)):
                soft_delete(self.client, lock, registry, removal)
                objects = sum(self.objects.remove(folder) for folder in _folders(removal))
                lock.require()
                self.database.remove(removal.logged_models, removal.runs)
        except (LockTaken, Stays) as error:
            lock.require()
            _log.warning("stays", sweep_id=removal.sweep_id, reason=str(error))
            return
        _log.info("removed", model=registry.model, sweep_id=removal.sweep_id, objects=objects)


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


def _sweep_run(run: Run) -> StoredRun:
    info = run.info
    return StoredRun(
        run_id=info.run_id,
        sweep_id=run.data.tags[TAG_SWEEP],
        running=info.status in ("RUNNING", "SCHEDULED"),
        deleted=info.lifecycle_stage == "deleted",
        last_seen=info.end_time or info.start_time,
        artifacts=info.artifact_uri,
    )


def _folders(removal: Removal) -> list[str]:
    """Lists the folders of the sweep's objects; the plan has checked their addresses."""
    addresses = [run.artifacts for run in removal.runs]
    addresses += [model.artifacts for model in removal.logged_models]
    paths = [artifact_path(address) for address in addresses]
    return [path.removesuffix("artifacts") for path in paths if path]
