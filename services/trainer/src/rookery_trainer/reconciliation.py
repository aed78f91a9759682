"""Reconciliation: the registry says what the ledger says.

The rule (docs/decisions/0320-what-the-ledger-decides.md), in the order in which it is applied:

1. An intent without outcome is completed if its version still exists, else abandoned.
2. `champion` names the version of the latest committed epoch that still exists, `previous` the one
   that a rollback would serve. An alias that says otherwise is set right, and that is recorded.
3. Where no committed version exists, an alias set by hand is reported and left alone.
4. The tags of every version say what became of it.
"""

from dataclasses import replace

import structlog

from rookery_core.ledger import ABANDONED, COMMITTED, ROLLBACK
from rookery_core.registry import CHAMPION, PREVIOUS
from rookery_trainer.entries import Entries, Intent, Version, rightful_champion
from rookery_trainer.ledger import add_bar, add_outcome, add_repair, read_entries
from rookery_trainer.lock import HeldLock
from rookery_trainer.mirror import mirror
from rookery_trainer.model_registry import ModelRegistry

_log = structlog.get_logger()


def reconcile(lock: HeldLock, registry: ModelRegistry) -> Entries:
    """What the ledger says now; no intent is open, and the registry agrees with it.

    Raises:
        LockLost: another holder may be at work; what is not done yet is left to it.
    """
    entries = read_entries(lock, registry.model)
    if intent := entries.open:
        if registry.existing()(intent.change.version):
            _log.warning("completing intent", model=registry.model, epoch=intent.epoch)
            return carry_out(lock, registry, entries, intent)
        reason = f"version {intent.change.version.number} is no longer in the registry"
        _log.warning("abandoning intent", model=registry.model, epoch=intent.epoch, reason=reason)
        add_outcome(lock, registry.model, intent.epoch, ABANDONED, reason)
        entries = read_entries(lock, registry.model)
    _repair(lock, registry, entries)
    mirror(registry, entries)
    return entries


def carry_out(lock: HeldLock, registry: ModelRegistry, entries: Entries, intent: Intent) -> Entries:
    """What the ledger says with `intent`, its last, committed: aliases and tags say so too.

    Every part bears being done again, so it does not matter how far somebody else came.

    Raises:
        LockLost: as `reconcile`.
    """
    committed = (*entries.intents[:-1], replace(intent, outcome=COMMITTED))
    rightful = rightful_champion(replace(entries, intents=committed), registry.existing())
    _point(lock, registry, PREVIOUS, rightful.previous)
    _point(lock, registry, CHAMPION, intent.change.version)
    if intent.change.kind == ROLLBACK:
        _bar(lock, registry.model, entries, intent)
    step("outcome", registry.model)
    add_outcome(lock, registry.model, intent.epoch, COMMITTED, intent.change.grounds.reason)
    step("tags", registry.model)
    settled = read_entries(lock, registry.model)
    mirror(registry, settled)
    return settled


def step(name: str, model: str) -> None:
    """The log says which step comes next; the tests kill the process there."""
    _log.debug("step", step=name, model=model)


def _point(lock: HeldLock, registry: ModelRegistry, alias: str, version: Version | None) -> None:
    """The alias names that version; the lock was held just before each request was sent."""
    number = version.number if version else None

    def fenced() -> None:
        lock.require()
        step(f"alias {alias}", registry.model)
        registry.set_alias(alias, number)

    if registry.aliases().get(alias) != number:
        registry.outage.outlast(fenced)


def _bar(lock: HeldLock, model: str, entries: Entries, intent: Intent) -> None:
    replaced = [
        each.change.version
        for each in entries.committed
        if each.change.version.number == intent.change.replaces
    ]
    step("bar", model)
    add_bar(lock, model, intent.epoch, replaced[-1], intent.change.grounds.reason)


def _repair(lock: HeldLock, registry: ModelRegistry, entries: Entries) -> None:
    rightful = rightful_champion(entries, registry.existing())
    aliases = registry.aliases()
    if rightful.champion is None:
        if found := aliases.get(CHAMPION):
            _log.warning("alias without ledger left alone", model=registry.model, version=found)
        return
    for alias, version in ((PREVIOUS, rightful.previous), (CHAMPION, rightful.champion)):
        found, number = aliases.get(alias), version.number if version else None
        if found != number:
            _log.warning(
                "alias repaired", model=registry.model, alias=alias, found=found, rightful=number
            )
            add_repair(lock, registry.model, alias, found, number)
            _point(lock, registry, alias, version)
