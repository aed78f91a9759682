"""Promotion: a transaction over the ledger and the registry, under the model's lock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import structlog

from rookery_core.ledger import ABANDONED, COMMITTED, PROMOTION
from rookery_core.settings import PostgresSettings
from rookery_trainer.failpoints import failpoint
from rookery_trainer.gate.decision import Decision
from rookery_trainer.locks.lock import HeldLock, LockLost, LockTimes, locked, promotion_lock
from rookery_trainer.promotion.entries import Change, Entries
from rookery_trainer.promotion.ledger_rows import add_intent, add_rejection, read_entries
from rookery_trainer.promotion.reconciliation import State, apply_intent, reconcile
from rookery_trainer.promotion.sync_tags import PROMOTED, REJECTED, decision_tags, sync_tags
from rookery_trainer.tracking.model_registry import ModelRegistry
from rookery_trainer.tracking.versions import RegisteredVersion, Version

ATTEMPTS = 3
"""How often a promotion starts over after it lost its lock."""

_log = structlog.get_logger()


Judge = Callable[[RegisteredVersion | None], Decision]
"""Compares the challenger with today's champion, None where there is none."""


@dataclass(frozen=True)
class Candidate:
    """The winner of a sweep, its bundle logged."""

    sweep_id: str
    parent_run_id: str
    run_id: str
    """The winning trial's run."""
    model_id: str
    """The winner's logged model, `m-...`."""
    tags: Mapping[str, str]
    """What the model version says of it: bundle, manifest's SHA-256, data and spec digest."""


@dataclass(frozen=True)
class SweepOutcome:
    """How a sweep ended."""

    outcome: str
    """`promoted`, `rejected`, or `abandoned` where the version vanished in the middle."""
    version: Version
    decision: Decision


def conclude(
    candidate: Candidate,
    judge: Judge,
    *,
    registry: ModelRegistry,
    postgres: PostgresSettings,
    times: LockTimes | None = None,
) -> SweepOutcome:
    """The sweep is decided, once: its winner is the champion, or its rejection is on record.

    Safe to repeat and to run twice at once. Who loses the lock in the middle (a stop longer than
    its idle time-out, a lost connection) is refused every further step and starts over: what
    another holder decided meanwhile stands.

    Raises:
        Unavailable: a service was away for too long, or the lock never came free or was lost
            `ATTEMPTS` times.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with locked(postgres, promotion_lock(registry.model), times) as lock:
                return _conclude(lock, registry, candidate, judge)
        except LockLost as error:
            _log.warning("refused", model=registry.model, attempt=attempt, reason=str(error))
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def _conclude(
    lock: HeldLock, registry: ModelRegistry, candidate: Candidate, judge: Judge
) -> SweepOutcome:
    state = reconcile(lock, registry)
    outcome = outcome_of(state.entries, candidate.sweep_id)
    if outcome is None:
        failpoint("register", model=registry.model)
        challenger = registry.register(
            candidate.sweep_id, candidate.run_id, candidate.model_id, candidate.tags
        )
        failpoint("judge", model=registry.model)
        decision = judge(state.champion)
        versions = {**state.versions, challenger.version.number: challenger}
        entries = _decide(lock, registry, replace(state, versions=versions), challenger, decision)
        outcome = outcome_of(entries, candidate.sweep_id)
        assert outcome is not None
    failpoint("tag run", model=registry.model)
    tags = decision_tags(outcome.outcome, outcome.decision)
    registry.tag_run(candidate.parent_run_id, tags)
    _log.info(
        "concluded",
        model=registry.model,
        sweep_id=candidate.sweep_id,
        decision=outcome.outcome,
        version=outcome.version.number,
        rule=outcome.decision.rule,
        reason=outcome.decision.reason,
    )
    failpoint("done", model=registry.model)
    return outcome


def _decide(
    lock: HeldLock,
    registry: ModelRegistry,
    state: State,
    challenger: RegisteredVersion,
    decision: Decision,
) -> Entries:
    """What the ledger says with the decision on record and applied."""
    model, version = registry.model, challenger.version
    replaces = state.champion.version.number if state.champion else None
    if decision.promote:
        failpoint("intent", model=model)
        change = Change(PROMOTION, version, replaces, decision)
        add_intent(lock, model, state.entries.next_epoch, change)
        begun = replace(state, entries=read_entries(lock, model))
        return apply_intent(lock, registry, begun).entries
    failpoint("rejection", model=model)
    add_rejection(lock, model, version, replaces, decision)
    failpoint("tags", model=model)
    entries = read_entries(lock, model)
    sync_tags(registry, entries, state.versions)
    return entries


def outcome_of(entries: Entries, sweep_id: str) -> SweepOutcome | None:
    """How the ledger says that a sweep ended; None where it is not decided."""
    if rejection := entries.rejection(sweep_id):
        return SweepOutcome(REJECTED, rejection.version, rejection.decision)
    if intent := entries.promotion(sweep_id):
        outcome = PROMOTED if intent.outcome == COMMITTED else ABANDONED
        return SweepOutcome(outcome, intent.change.version, intent.change.decision)
    return None
