"""The entries of a model's ledger, and what follows from them: pure values and functions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rookery_core.database.ledger import COMMITTED, PROMOTION, REINSTATEMENT, ROLLBACK
from rookery_trainer.gate.decision import Decision
from rookery_trainer.gate.gate import FIRST_CHAMPION
from rookery_trainer.gate.second_gate import LEARNED
from rookery_trainer.tracking.versions import Version

EARLIER = (2, 3, 4, 5, 8, 16)
"""How many promotions back the champions are that a challenger from other data is also compared
with: the last five, the present one among them, and two much older ones. Five alone would let the
skill creep down by a tenth in five promotions."""


@dataclass(frozen=True)
class Change:
    """A change of the champion: to `version`, away from number `replaces` (None: the first)."""

    kind: str
    version: Version
    replaces: int | None
    decision: Decision


@dataclass(frozen=True)
class Intent:
    """A change that was begun; `outcome` is None until it is `committed` or `abandoned`."""

    epoch: int
    change: Change
    recorded_at: datetime
    outcome: str | None = None


@dataclass(frozen=True)
class Rejection:
    """A sweep whose challenger was not promoted; `champion` is the version it was compared with."""

    version: Version
    champion: int | None
    decision: Decision
    recorded_at: datetime


@dataclass(frozen=True)
class BarredVersion:
    """A version that the rollback of that epoch replaced."""

    epoch: int
    version: Version
    reason: str


@dataclass(frozen=True)
class DesiredAliases:
    """What the aliases must name, and the epoch that says so (0: none was ever committed)."""

    champion: Version | None = None
    previous: Version | None = None
    epoch: int = 0


@dataclass(frozen=True)
class Entries:
    """Everything the ledger says of one model; intents and bars in the order of their epochs."""

    intents: tuple[Intent, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    bars: tuple[BarredVersion, ...] = ()

    @property
    def next_epoch(self) -> int:
        """The epoch that the next intent has."""
        return self.intents[-1].epoch + 1 if self.intents else 1

    @property
    def open(self) -> Intent | None:
        """The intent without an outcome; only the last can be one."""
        last = self.intents[-1] if self.intents else None
        return last if last and last.outcome is None else None

    @property
    def committed(self) -> tuple[Intent, ...]:
        """The changes that took effect."""
        return tuple(intent for intent in self.intents if intent.outcome == COMMITTED)

    @property
    def barred(self) -> frozenset[Version]:
        """Versions rolled back and not reinstated since."""
        back = {
            intent.change.version: intent.epoch
            for intent in self.committed
            if intent.change.kind == REINSTATEMENT
        }
        return frozenset(b.version for b in self.bars if back.get(b.version, 0) < b.epoch)

    @property
    def rejected_as_first(self) -> int:
        """Counts the sweeps that the gate's second version rejected as first champions.

        Those before the last change of the champion do not count.
        """
        since = self.committed[-1].recorded_at if self.committed else None
        return sum(
            each.decision.rule == FIRST_CHAMPION
            and LEARNED in each.decision.evidence
            and (since is None or each.recorded_at > since)
            for each in self.rejections
        )

    def promotion(self, sweep_id: str) -> Intent | None:
        """Finds the promotion of that sweep, whatever became of it."""
        for intent in self.intents:
            change = intent.change
            if change.kind == PROMOTION and change.version.sweep_id == sweep_id:
                return intent
        return None

    def rejection(self, sweep_id: str) -> Rejection | None:
        """Finds the rejection of that sweep."""
        return next((r for r in self.rejections if r.version.sweep_id == sweep_id), None)


def desired_aliases(entries: Entries, exists: Callable[[Version], bool]) -> DesiredAliases:
    """Derives the champion, and the version that a rollback would serve.

    A promotion puts its version on top of the earlier champions; a rollback removes all above its
    own version. Versions that no longer exist are skipped. A barred one can be champion (somebody
    asked for it by number) but is never `previous`.
    """
    stack = [version for version in reversed(promotion_history(entries)) if exists(version)]
    below = (version for version in stack[1:] if version not in entries.barred)
    epoch = entries.committed[-1].epoch if entries.committed else 0
    return DesiredAliases(stack[0] if stack else None, next(below, None), epoch)


def promotion_history(entries: Entries) -> list[Version]:
    """Lists the champions that a rollback can still reach, oldest first, the present one last."""
    stack: list[Version] = []
    for intent in entries.committed:
        version = intent.change.version
        if intent.change.kind == ROLLBACK and version in stack:
            stack = stack[: stack.index(version) + 1]
        else:
            stack = [*(each for each in stack if each != version), version]
    return stack


def earlier_champions(entries: Entries, exists: Callable[[Version], bool]) -> list[Version]:
    """Lists the champions before the present one that a challenger is compared with, latest first.

    Versions that no longer exist, and barred ones, are skipped.
    """
    stack = [
        version
        for version in promotion_history(entries)
        if exists(version) and version not in entries.barred
    ]
    return [stack[-back] for back in EARLIER if back <= len(stack)]
