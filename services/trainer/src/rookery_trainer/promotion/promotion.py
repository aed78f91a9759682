"""Promotion: decides a sweep once, as one transaction over the ledger and the registry."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from rookery_core.database.ledger import ABANDONED, COMMITTED, PROMOTION
from rookery_core.settings import PostgresSettings
from rookery_trainer.failpoints import failpoint
from rookery_trainer.gate.decision import Decision
from rookery_trainer.locks.lock import HeldLock, LockTimes, promotion_lock
from rookery_trainer.locks.retry import LockAttempts, RetryPolicy
from rookery_trainer.promotion.entries import Change, Entries, earlier_champions
from rookery_trainer.promotion.ledger_rows import add_intent, add_rejection, read_entries
from rookery_trainer.promotion.reconciliation import State, apply_intent, reconcile
from rookery_trainer.promotion.sync_tags import PROMOTED, REJECTED, decision_tags, sync_tags
from rookery_trainer.tracking.model_registry import ModelRegistry
from rookery_trainer.tracking.versions import RegisteredVersion, Version

RETRY = RetryPolicy(event="refused", losses=2)
"""A promotion begins again after it lost its lock, and after nothing else."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class SweepOutcome:
    """How a sweep ended."""

    outcome: str
    """`promoted`, `rejected`, or `abandoned` where the version vanished in the middle."""
    version: Version
    decision: Decision


def promotion_attempts(
    postgres: PostgresSettings, model: str, times: LockTimes | None = None
) -> LockAttempts:
    """Makes attempts to decide a sweep under the model's promotion lock.

    A process that loses the lock (a stop longer than the idle time-out, a lost connection) is
    refused every further step and begins again: what another holder decided meanwhile stands.
    """
    return LockAttempts(postgres, promotion_lock(model), times, RETRY)


def begin_promotion(lock: HeldLock, registry: ModelRegistry, sweep_id: str) -> "Promotion":
    """Reconciles the model, so that the decision on the sweep rests on what is true."""
    return Promotion(lock, registry, sweep_id, reconcile(lock, registry))


@dataclass(frozen=True)
class Promotion:
    """The decision on one sweep, while the promotion lock of its model is held.

    Each step is safe to repeat, and to run twice at once.
    """

    lock: HeldLock
    registry: ModelRegistry
    sweep_id: str
    state: State
    """What ledger and registry said at the beginning."""

    @property
    def outcome(self) -> SweepOutcome | None:
        """How the sweep ended, if it is decided already."""
        return outcome_of(self.state.entries, self.sweep_id)

    @property
    def champion(self) -> RegisteredVersion | None:
        """The version that serves now."""
        return self.state.champion

    @property
    def earlier_champions(self) -> list[RegisteredVersion]:
        """Earlier champions that a challenger is compared with, latest first."""
        found = earlier_champions(self.state.entries, self.state.exists)
        return [self.state.versions[version.number] for version in found]

    @property
    def rejected(self) -> int:
        """How many sweeps were rejected as first champions since the champion last changed."""
        return self.state.entries.rejected_as_first

    def register(self, run_id: str, model_id: str, tags: Mapping[str, str]) -> RegisteredVersion:
        """Registers the challenger, or finds the version that the sweep has already.

        Args:
            run_id: the run of the best trial.
            model_id: its logged model, `m-...`.
            tags: what the version says of itself: bundle, manifest's SHA-256, digests.
        """
        failpoint("register", model=self.registry.model)
        version = self.registry.register(self.sweep_id, run_id, model_id, tags)
        failpoint("judge", model=self.registry.model)
        return version

    def record(self, challenger: RegisteredVersion, decision: Decision) -> SweepOutcome:
        """Writes the decision into the ledger, and applies it: aliases and tags agree afterwards.

        Raises:
            LockLost: another holder may be at work; what is not done yet is left to it.
        """
        versions = {**self.state.versions, challenger.version.number: challenger}
        state = replace(self.state, versions=versions)
        if decision.promote:
            entries = self._promote(state, challenger.version, decision)
        else:
            entries = self._reject(state, challenger.version, decision)
        outcome = outcome_of(entries, self.sweep_id)
        assert outcome is not None
        return outcome

    def finish(self, outcome: SweepOutcome, parent_run_id: str) -> None:
        """Writes the outcome onto the sweep's parent run, and into the log."""
        model = self.registry.model
        failpoint("tag run", model=model)
        tags = decision_tags(outcome.outcome, outcome.decision)
        self.registry.tag_run(parent_run_id, tags)
        _log.info(
            "concluded",
            model=model,
            sweep_id=self.sweep_id,
            decision=outcome.outcome,
            version=outcome.version.number,
            rule=outcome.decision.rule,
            reason=outcome.decision.reason,
        )
        failpoint("done", model=model)

    @property
    def _replaces(self) -> int | None:
        return self.champion.version.number if self.champion else None

    def _promote(self, state: State, version: Version, decision: Decision) -> Entries:
        failpoint("intent", model=self.registry.model)
        change = Change(PROMOTION, version, self._replaces, decision)
        add_intent(self.lock, self.registry.model, state.entries.next_epoch, change)
        begun = replace(state, entries=read_entries(self.lock, self.registry.model))
        return apply_intent(self.lock, self.registry, begun).entries

    def _reject(self, state: State, version: Version, decision: Decision) -> Entries:
        failpoint("rejection", model=self.registry.model)
        add_rejection(self.lock, self.registry.model, version, self._replaces, decision)
        failpoint("tags", model=self.registry.model)
        entries = read_entries(self.lock, self.registry.model)
        sync_tags(self.registry, entries, state.versions)
        return entries


def outcome_of(entries: Entries, sweep_id: str) -> SweepOutcome | None:
    """Finds in the ledger how a sweep ended; None where it is not decided."""
    if rejection := entries.rejection(sweep_id):
        return SweepOutcome(REJECTED, rejection.version, rejection.decision)
    if intent := entries.promotion(sweep_id):
        outcome = PROMOTED if intent.outcome == COMMITTED else ABANDONED
        return SweepOutcome(outcome, intent.change.version, intent.change.decision)
    return None
