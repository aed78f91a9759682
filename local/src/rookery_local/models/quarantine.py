"""The quarantine of a model: how many records each reason keeps out, with some of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.database.tables import batches, quarantine
from rookery_core.errors import Refused, Unavailable
from rookery_core.settings import PostgresSettings
from rookery_ingest.rows.reasons import kind_of

SAMPLES = 3
"""How many records of each reason are shown if nobody says otherwise."""
SHOWN = 100
"""Characters of a record that a line shows."""


@dataclass(frozen=True)
class Record:
    """A record that is no row of its table."""

    line: int
    """Its line in the source."""
    reason: str
    text: str


@dataclass(frozen=True)
class QuarantinedBatch:
    """A completed batch of a model, with its records in quarantine."""

    model: str
    number: int
    rows_in: int
    records: tuple[Record, ...]
    """In the order of their lines."""
    others: tuple[int, ...]
    """The other batches of the model that have records in quarantine."""


def read_quarantine(
    settings: PostgresSettings, model: str, batch: int | None = None
) -> QuarantinedBatch:
    """Reads the quarantine of the batch, or of the newest one.

    Raises:
        Refused: the model has no such batch, or none yet.
        Unavailable: PostgreSQL does not answer.
    """
    database = engine(settings, PROCESSED)
    try:
        with database.connect() as connection:
            found = connection.execute(
                select(batches.c.batch, batches.c.rows_in, batches.c.quarantined)
                .where(batches.c.model == model)
                .order_by(batches.c.batch)
            ).all()
            number = batch if batch is not None else max((each.batch for each in found), default=0)
            chosen = next((each for each in found if each.batch == number), None)
            if chosen is None:
                raise _unknown(model, batch, [each.batch for each in found])
            rows = connection.execute(
                select(quarantine.c.line, quarantine.c.reason, quarantine.c.text)
                .where(quarantine.c.model == model, quarantine.c.batch == number)
                .order_by(quarantine.c.line)
            )
            records = tuple(Record(row.line, row.reason, row.text) for row in rows)
    except OperationalError as error:
        raise Unavailable(f"PostgreSQL does not answer: {error.orig}") from None
    finally:
        database.dispose()
    others = (each.batch for each in found if each.quarantined and each.batch != number)
    return QuarantinedBatch(model, number, chosen.rows_in, records, tuple(others))


def by_reason(records: tuple[Record, ...]) -> list[tuple[str, list[Record]]]:
    """Groups the records by reason, the most frequent one first.

    Reasons that differ only in the value of the cell are one. A record with several faults
    belongs to the reason that names them all.
    """
    counts: Counter[str] = Counter()
    groups: dict[str, list[Record]] = {}
    for record in records:
        reason = kind_of(record.reason)
        counts[reason] += 1
        groups.setdefault(reason, []).append(record)
    return [(reason, groups[reason]) for reason, _ in counts.most_common()]


def show_quarantine(say: Callable[[str], None], batch: QuarantinedBatch, samples: int) -> None:
    """Shows the counts by reason, and up to `samples` records of each."""
    count = len(batch.records)
    say(f"batch {batch.number} of {batch.model}: {count} of {batch.rows_in} rows in quarantine")
    for reason, records in by_reason(batch.records):
        say(f"\n{len(records)} x {reason}")
        for record in records[:samples]:
            text = record.text if len(record.text) <= SHOWN else f"{record.text[:SHOWN]} ..."
            value = "" if record.reason == reason else f"    ({record.reason})"
            say(f"  line {record.line}: {text.rstrip()}{value}")
    if batch.others:
        numbers = ", ".join(map(str, batch.others))
        say(f"\nOther batches with rows in quarantine: {numbers} (--batch N shows one)")


def _unknown(model: str, batch: int | None, known: list[int]) -> Refused:
    if not known:
        return Refused(
            f"no batch of {model} is complete; bring its source in: rookery ingest {model}"
        )
    return Refused(f"{model} has no batch {batch}; there are {known}")
