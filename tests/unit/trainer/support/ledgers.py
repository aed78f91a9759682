"""Ledgers written in a line: `+1` is a promotion, `-1` a rollback to 1, `^2` a reinstatement."""

from datetime import UTC, datetime, timedelta

from rookery_core.database.ledger import ABANDONED, COMMITTED, PROMOTION, REINSTATEMENT, ROLLBACK
from rookery_trainer.gate.decision import Decision
from rookery_trainer.promotion.entries import (
    BarredVersion,
    Change,
    Entries,
    Intent,
    Rejection,
    promotion_history,
)
from rookery_trainer.tracking.versions import Version

KINDS = {"+": PROMOTION, "-": ROLLBACK, "^": REINSTATEMENT}
START = datetime(2026, 1, 1, tzinfo=UTC)
GROUNDS = Decision(True, "rule", "reason", {"figure": 1.5})


def version(number: int) -> Version:
    """Makes the version of that number, of its own sweep."""
    return Version(number, f"sweep-{number}")


def ledger(line: str, rejected: int | None = None) -> Entries:
    """Reads a line such as `+1 +2 -1`; `?` marks an open intent, `!` an abandoned one."""
    intents: list[Intent] = []
    bars: list[BarredVersion] = []
    for epoch, word in enumerate(line.split(), start=1):
        before = promotion_history(Entries(tuple(intents)))
        champion = before[-1] if before else None
        outcome = {"?": None, "!": ABANDONED}.get(word[-1], COMMITTED)
        kind, target = KINDS[word[0]], version(int(word[1:].rstrip("?!")))
        change = Change(kind, target, champion.number if champion else None, GROUNDS)
        intents.append(Intent(epoch, change, START + timedelta(hours=epoch), outcome))
        if kind == ROLLBACK and outcome == COMMITTED:
            bars.append(BarredVersion(epoch, before[-1], "worse in use"))
    rejections = (Rejection(version(rejected), 1, GROUNDS, START),) if rejected else ()
    return Entries(tuple(intents), rejections, tuple(bars))
