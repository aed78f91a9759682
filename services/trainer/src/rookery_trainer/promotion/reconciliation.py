"""Reconciliation: makes the registry say what the ledger says.

The rules (docs/decisions/0320-what-the-ledger-decides.md), in the order in which they are applied:

1. An intent without outcome is completed if its version still exists, else abandoned.
2. `champion` names the version of the latest committed epoch that still exists, `previous` the one
   that a rollback would serve. An alias that says otherwise is set right, and that is recorded.
3. Where no committed version exists, an alias set by hand is reported and left alone.
4. The tags of every version say what became of it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import structlog

from rookery_core.database.ledger import ABANDONED, COMMITTED, ROLLBACK
from rookery_core.registry_names import CHAMPION, PREVIOUS
from rookery_core.settings import PostgresSettings
from rookery_trainer.failpoints import failpoint
from rookery_trainer.locks.lock import HeldLock, LockTimes, locked, promotion_lock
from rookery_trainer.promotion.entries import DesiredAliases, Entries, Intent, desired_aliases
from rookery_trainer.promotion.ledger_rows import add_bar, add_outcome, add_repair, read_entries
from rookery_trainer.promotion.sync_tags import sync_tags
from rookery_trainer.tracking.model_registry import ModelRegistry
from rookery_trainer.tracking.versions import RegisteredVersion, Version

_log = structlog.get_logger()


@dataclass(frozen=True)
class State:
    """What ledger and registry say of a model while its lock is held."""

    entries: Entries
    versions: Mapping[int, RegisteredVersion]
    aliases: Mapping[str, int]

    def exists(self, version: Version) -> bool:
        """Tells whether the registry has that version: the number, and of that sweep."""
        found = self.versions.get(version.number)
        return found is not None and found.version == version

    @property
    def desired(self) -> DesiredAliases:
        """What the aliases must name."""
        return desired_aliases(self.entries, self.exists)

    @property
    def champion(self) -> RegisteredVersion | None:
        """The champion according to the ledger."""
        champion = self.desired.champion
        return self.versions[champion.number] if champion else None


def reconcile(lock: HeldLock, registry: ModelRegistry) -> State:
    """Closes an open intent, and repairs aliases and tags; returns the state afterwards.

    Raises:
        LockLost: another holder may be at work; what is not done yet is left to it.
    """
    failpoint("reconcile", model=registry.model)
    entries = read_entries(lock, registry.model)
    state = State(entries, registry.versions(), registry.aliases())
    if intent := entries.open:
        if state.exists(intent.change.version):
            _log.warning("completing intent", model=registry.model, epoch=intent.epoch)
            return apply_intent(lock, registry, state)
        reason = f"version {intent.change.version.number} is no longer in the registry"
        _log.warning("abandoning intent", model=registry.model, epoch=intent.epoch, reason=reason)
        add_outcome(lock, registry.model, intent.epoch, ABANDONED, reason)
        state = replace(state, entries=read_entries(lock, registry.model))
    _repair(lock, registry, state)
    sync_tags(registry, state.entries, state.versions)
    return state


def withdraw(
    lock: HeldLock, registry: ModelRegistry, state: State, numbers: Collection[int]
) -> None:
    """Lets the aliases name what they would name if these versions were gone already."""
    left = {number: each for number, each in state.versions.items() if number not in numbers}
    # What the aliases name now: a reconciliation may have set them since the state was read.
    _repair(lock, registry, replace(state, versions=left, aliases=registry.aliases()))


def reconcile_model(
    registry: ModelRegistry, postgres: PostgresSettings, times: LockTimes | None = None
) -> None:
    """Reconciles the model under its promotion lock."""
    with locked(postgres, promotion_lock(registry.model), times) as lock:
        reconcile(lock, registry)


def apply_intent(lock: HeldLock, registry: ModelRegistry, state: State) -> State:
    """Sets aliases and tags as the open intent says, and commits it; returns the state afterwards.

    Each step may be done twice, so it does not matter how far another process came.

    Raises:
        LockLost: as `reconcile`.
    """
    model, intent = registry.model, state.entries.open
    assert intent is not None
    done = (*state.entries.intents[:-1], replace(intent, outcome=COMMITTED))
    wanted = replace(state, entries=replace(state.entries, intents=done)).desired
    _point(lock, registry, state, PREVIOUS, wanted.previous)
    _point(lock, registry, state, CHAMPION, intent.change.version)
    if intent.change.kind == ROLLBACK:
        _bar(lock, model, state.entries, intent)
    failpoint("outcome", model=model)
    add_outcome(lock, model, intent.epoch, COMMITTED, intent.change.decision.reason)
    failpoint("tags", model=model)
    applied = replace(state, entries=read_entries(lock, model))
    sync_tags(registry, applied.entries, applied.versions)
    return applied


def _point(
    lock: HeldLock, registry: ModelRegistry, state: State, alias: str, version: Version | None
) -> None:
    """Lets the alias name that version; the lock is checked just before each request."""
    number = version.number if version else None

    def fenced() -> None:
        failpoint(f"alias {alias}", model=registry.model)
        lock.require()
        # A process that is stopped here sends its request too late: its session is gone, and the
        # next holder of the lock, which may be this process, repairs the alias.
        failpoint(f"send {alias}", model=registry.model)
        registry.set_alias(alias, number)

    if state.aliases.get(alias) != number:
        registry.retrying.run(fenced)


def _bar(lock: HeldLock, model: str, entries: Entries, intent: Intent) -> None:
    replaced = [
        each.change.version
        for each in entries.committed
        if each.change.version.number == intent.change.replaces
    ]
    failpoint("bar", model=model)
    add_bar(lock, model, intent.epoch, replaced[-1], intent.change.decision.reason)


def _repair(lock: HeldLock, registry: ModelRegistry, state: State) -> None:
    desired = state.desired
    if desired.champion is None:
        if found := state.aliases.get(CHAMPION):
            _log.warning("alias without ledger left alone", model=registry.model, version=found)
        return
    for alias, version in ((PREVIOUS, desired.previous), (CHAMPION, desired.champion)):
        found, number = state.aliases.get(alias), version.number if version else None
        if found != number:
            _log.warning(
                "alias repaired", model=registry.model, alias=alias, found=found, rightful=number
            )
            add_repair(lock, registry.model, alias, found, number)
            _point(lock, registry, state, alias, version)
