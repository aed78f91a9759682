"""A model's ledger in the database: reads all of it, and adds rows."""

from typing import Any, Protocol

from sqlalchemy import Executable, Row, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Result

from rookery_core.database.ledger import bars, intents, outcomes, rejections, repairs
from rookery_trainer.gate.decision import Decision
from rookery_trainer.gate.evidence import plain
from rookery_trainer.promotion.entries import BarredVersion, Change, Entries, Intent, Rejection
from rookery_trainer.tracking.versions import Version


class Session(Protocol):
    """Where statements run: a lock's session, or for reading any connection."""

    def execute(self, statement: Executable, /) -> Result[Any]: ...


def read_entries(session: Session, model: str) -> Entries:
    """Reads everything that the ledger says of `model` now."""
    begun = (
        select(intents, outcomes.c.outcome)
        .outerjoin(outcomes)
        .where(intents.c.model == model)
        .order_by(intents.c.epoch)
    )
    down = select(rejections).where(rejections.c.model == model).order_by(rejections.c.recorded_at)
    barred = select(bars).where(bars.c.model == model).order_by(bars.c.epoch)
    return Entries(
        tuple(_intent(row) for row in session.execute(begun)),
        tuple(
            Rejection(_version(row), row.champion, _decision(row, False), row.recorded_at)
            for row in session.execute(down)
        ),
        tuple(
            BarredVersion(row.epoch, _version(row), row.reason) for row in session.execute(barred)
        ),
    )


def _intent(row: Row[Any]) -> Intent:
    change = Change(row.kind, _version(row), row.replaces, _decision(row, True))
    return Intent(row.epoch, change, row.recorded_at, row.outcome)


def _version(row: Row[Any]) -> Version:
    return Version(row.version, row.sweep_id)


def _decision(row: Row[Any], promote: bool) -> Decision:
    return Decision(promote, row.rule, row.reason, row.evidence)


def add_intent(session: Session, model: str, epoch: int, change: Change) -> None:
    """Begins the change under `epoch`; the database refuses an epoch that is not the next."""
    session.execute(
        insert(intents).values(
            model=model,
            epoch=epoch,
            kind=change.kind,
            replaces=change.replaces,
            **_columns(change.version),
            **_reasons(change.decision),
        )
    )


def add_outcome(session: Session, model: str, epoch: int, outcome: str, reason: str) -> None:
    """Ends the change of that epoch."""
    session.execute(
        insert(outcomes).values(model=model, epoch=epoch, outcome=outcome, reason=reason)
    )


def add_rejection(
    session: Session, model: str, version: Version, champion: int | None, decision: Decision
) -> None:
    """Decides the sweep: its challenger is not promoted."""
    session.execute(
        insert(rejections).values(
            model=model, champion=champion, **_columns(version), **_reasons(decision)
        )
    )


def add_bar(session: Session, model: str, epoch: int, version: Version, reason: str) -> None:
    """Bars the version from becoming champion by itself; a second bar of an epoch adds nothing."""
    session.execute(
        upsert(bars)
        .values(model=model, epoch=epoch, reason=reason, **_columns(version))
        .on_conflict_do_nothing()
    )


def add_repair(
    session: Session, model: str, alias: str, found: int | None, desired: int | None
) -> None:
    """Records that an alias named `found` where the ledger says `desired`."""
    session.execute(insert(repairs).values(model=model, alias=alias, found=found, rightful=desired))


def _columns(version: Version) -> dict[str, object]:
    return {"version": version.number, "sweep_id": version.sweep_id}


def _reasons(decision: Decision) -> dict[str, object]:
    return {"rule": decision.rule, "reason": decision.reason, "evidence": plain(decision.evidence)}
