"""Rollback: an earlier champion is the champion again, and the one it replaces is barred."""

from collections.abc import Callable
from dataclasses import replace

import structlog

from rookery_core.database.ledger import PROMOTION, REINSTATEMENT, ROLLBACK
from rookery_core.errors import Refused
from rookery_core.settings import PostgresSettings
from rookery_trainer.failpoints import failpoint
from rookery_trainer.gate.decision import Decision
from rookery_trainer.locks.lock import HeldLock, LockTimes, locked, promotion_lock
from rookery_trainer.promotion.entries import (
    Change,
    Entries,
    Intent,
    desired_aliases,
    promotion_history,
)
from rookery_trainer.promotion.ledger_rows import add_intent, read_entries
from rookery_trainer.promotion.reconciliation import State, apply_intent, reconcile
from rookery_trainer.tracking.model_registry import ModelRegistry
from rookery_trainer.tracking.versions import Version

REQUEST = "request_id"
"""Under this key the evidence of a rollback says who asked for it."""

_log = structlog.get_logger()


def roll_back(
    *,
    registry: ModelRegistry,
    postgres: PostgresSettings,
    to: int | None = None,
    request_id: str | None = None,
    times: LockTimes | None = None,
) -> int:
    """Makes version `to` the champion, or the one before today's; returns its number.

    A rollback to a version that was itself rolled back reinstates it: then nothing is barred. The
    same `request_id` again changes nothing, nor does finishing a rollback that was cut short.

    Raises:
        Refused: there is nothing to roll back to.
        Unavailable: a service was away for too long, or the lock never came free or was lost.
    """
    with locked(postgres, promotion_lock(registry.model), times) as lock:
        unfinished = read_entries(lock, registry.model).open
        state = reconcile(lock, registry)
        if not _is_done(state.entries, unfinished, to, request_id):
            change = change_to(state.entries, state.exists, registry.model, to, request_id)
            if change:
                state = _begin_and_apply(lock, registry, state, change)
        assert state.champion is not None
        number = state.champion.version.number
        _log.info("rolled back", model=registry.model, champion=number)
        failpoint("done", model=registry.model)
        return number


def _is_done(
    entries: Entries, unfinished: Intent | None, to: int | None, request_id: str | None
) -> bool:
    """Checks whether the ledger already has the rollback that was asked for.

    That is one of the same request, or one that was interrupted and has been completed just now:
    whoever asks again after a crash does not want to go back twice.
    """
    for intent in entries.committed:
        if intent.change.kind == PROMOTION:
            continue
        asked = request_id and intent.change.decision.evidence.get(REQUEST) == request_id
        completed = unfinished is not None and unfinished.epoch == intent.epoch
        if asked or (completed and to in (None, intent.change.version.number)):
            return True
    return False


def _begin_and_apply(
    lock: HeldLock, registry: ModelRegistry, state: State, change: Change
) -> State:
    failpoint("intent", model=registry.model)
    add_intent(lock, registry.model, state.entries.next_epoch, change)
    begun = replace(state, entries=read_entries(lock, registry.model))
    return apply_intent(lock, registry, begun)


def change_to(
    entries: Entries,
    exists: Callable[[Version], bool],
    model: str,
    to: int | None,
    request_id: str | None = None,
) -> Change | None:
    """Derives the change that a rollback asks for; None where `to` is the champion already.

    Raises:
        Refused: there is no such version, or none to roll back to.
    """
    desired = desired_aliases(entries, exists)
    champion = desired.champion
    if champion is None:
        raise Refused(f"{model!r} has no champion, so none to roll back; run a sweep")
    target = desired.previous if to is None else _by_number(entries, exists, model, to)
    if target is None:
        raise Refused(
            f"no earlier champion of {model!r} is left to roll back to from version "
            f"{champion.number}; run a sweep, or name a version that was rolled back with --to"
        )
    if target == champion:
        return None
    below = target in promotion_history(entries)
    kind = ROLLBACK if below else REINSTATEMENT
    reason = f"version {target.number} in place of version {champion.number}, by command"
    decision = Decision(True, f"{kind} by command", reason, {REQUEST: request_id})
    return Change(kind, target, champion.number, decision)


def _by_number(
    entries: Entries, exists: Callable[[Version], bool], model: str, number: int
) -> Version:
    """Finds the version of that number that was champion and still exists."""
    were = {intent.change.version for intent in entries.committed}
    here = {version.number: version for version in were if exists(version)}
    if number not in here:
        raise Refused(
            f"version {number} of {model!r} never was champion, or is gone; "
            f"name one of {sorted(here)}"
        )
    return here[number]
