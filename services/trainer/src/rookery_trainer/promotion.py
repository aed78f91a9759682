"""Promotion: a transaction over the ledger and the registry, under the model's lock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from rookery_core.ledger import ABANDONED, COMMITTED, PROMOTION
from rookery_core.settings import PostgresSettings
from rookery_trainer.entries import Change, Entries, Evidence, Grounds
from rookery_trainer.failpoints import failpoint
from rookery_trainer.ledger import add_intent, add_rejection, read_entries
from rookery_trainer.locks.lock import HeldLock, LockLost, LockTimes, locked, promotion_lock
from rookery_trainer.mirror import PROMOTED, REJECTED, decision_tags, mirror
from rookery_trainer.reconciliation import State, carry_out, reconcile
from rookery_trainer.tracking.model_registry import ModelRegistry
from rookery_trainer.tracking.versions import RegisteredVersion, Version

ATTEMPTS = 3
"""How often a promotion starts over after it lost its lock."""

_log = structlog.get_logger()


class Verdict(Protocol):
    """What the gate says of a challenger."""

    @property
    def promote(self) -> bool: ...
    @property
    def rule(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def evidence(self) -> Evidence: ...


Judge = Callable[[RegisteredVersion | None], Verdict]
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
class Conclusion:
    """How a sweep ended."""

    decision: str
    """`promoted`, `rejected`, or `abandoned` where the version vanished in the middle."""
    version: Version
    grounds: Grounds


def conclude(
    candidate: Candidate,
    judge: Judge,
    *,
    registry: ModelRegistry,
    postgres: PostgresSettings,
    times: LockTimes | None = None,
) -> Conclusion:
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


def settle(
    registry: ModelRegistry, postgres: PostgresSettings, times: LockTimes | None = None
) -> None:
    """No intent of the model is open, and its aliases say what the ledger says."""
    with locked(postgres, promotion_lock(registry.model), times) as lock:
        reconcile(lock, registry)


def _conclude(
    lock: HeldLock, registry: ModelRegistry, candidate: Candidate, judge: Judge
) -> Conclusion:
    state = reconcile(lock, registry)
    conclusion = conclusion_of(state.entries, candidate.sweep_id)
    if conclusion is None:
        failpoint("register", model=registry.model)
        challenger = registry.register(
            candidate.sweep_id, candidate.run_id, candidate.model_id, candidate.tags
        )
        failpoint("judge", model=registry.model)
        verdict = judge(state.champion)
        versions = {**state.versions, challenger.version.number: challenger}
        entries = _decide(lock, registry, replace(state, versions=versions), challenger, verdict)
        conclusion = conclusion_of(entries, candidate.sweep_id)
        assert conclusion is not None
    failpoint("tag run", model=registry.model)
    tags = decision_tags(conclusion.decision, conclusion.grounds)
    registry.tag_run(candidate.parent_run_id, tags)
    _log.info(
        "concluded",
        model=registry.model,
        sweep_id=candidate.sweep_id,
        decision=conclusion.decision,
        version=conclusion.version.number,
        rule=conclusion.grounds.rule,
        reason=conclusion.grounds.reason,
    )
    failpoint("done", model=registry.model)
    return conclusion


def _decide(
    lock: HeldLock,
    registry: ModelRegistry,
    state: State,
    challenger: RegisteredVersion,
    verdict: Verdict,
) -> Entries:
    """What the ledger says with the verdict on record and carried out."""
    model, version = registry.model, challenger.version
    grounds = Grounds(verdict.rule, verdict.reason, verdict.evidence)
    replaces = state.champion.version.number if state.champion else None
    if verdict.promote:
        failpoint("intent", model=model)
        change = Change(PROMOTION, version, replaces, grounds)
        add_intent(lock, model, state.entries.next_epoch, change)
        begun = replace(state, entries=read_entries(lock, model))
        return carry_out(lock, registry, begun).entries
    failpoint("rejection", model=model)
    add_rejection(lock, model, version, replaces, grounds)
    failpoint("tags", model=model)
    entries = read_entries(lock, model)
    mirror(registry, entries, state.versions)
    return entries


def conclusion_of(entries: Entries, sweep_id: str) -> Conclusion | None:
    """How the ledger says that a sweep ended; None where it is not decided."""
    if rejection := entries.rejection(sweep_id):
        return Conclusion(REJECTED, rejection.version, rejection.grounds)
    if intent := entries.promotion(sweep_id):
        decision = PROMOTED if intent.outcome == COMMITTED else ABANDONED
        return Conclusion(decision, intent.change.version, intent.change.grounds)
    return None
