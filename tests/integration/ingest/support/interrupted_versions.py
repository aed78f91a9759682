"""Interruptions of an ingest under `spec: 2`, and what has to be true after each."""

from typing import Any

from tests.integration.ingest.support.ingested_model import IngestedModel, row, table
from tests.integration.ingest.support.interruptions import BAD, Hold
from tests.some import some

from rookery_core.database.names import PROCESSED, RAW

BEGIN_HOLDS = {
    "raw records begun": Hold(RAW, "{model}", "ACCESS SHARE"),
    "raw records copied, batch not yet": Hold(RAW, "batches", "EXCLUSIVE"),
    "rows loaded": Hold(PROCESSED, "quarantine", "EXCLUSIVE"),
    "key built, scheme not yet": Hold(PROCESSED, "_schemes", "EXCLUSIVE"),
    "sides dealt, batch not yet": Hold(PROCESSED, "batches", "EXCLUSIVE"),
}
"""Where an ingest of a first source is held: each step comes after the one before it."""

REVISE_HOLDS = {
    "before anything": Hold(RAW, "batches", "ACCESS EXCLUSIVE"),
    "raw records begun": Hold(RAW, "{model}", "EXCLUSIVE"),
    "raw records copied, difference not yet": Hold(RAW, "_unchanged_{model}", "EXCLUSIVE"),
    "difference stored, batch not yet": Hold(RAW, "batches", "EXCLUSIVE"),
    "raw committed": Hold(PROCESSED, "{model}", "EXCLUSIVE"),
    "rows staged": Hold(PROCESSED, "quarantine", "EXCLUSIVE"),
    "rows removed and added, sides not yet": Hold(PROCESSED, "_sides_{model}", "EXCLUSIVE"),
    "sides dealt, batch not yet": Hold(PROCESSED, "batches", "EXCLUSIVE"),
}
"""Where an ingest of a second source is held, which removes, corrects and adds rows."""

REPLAY_HOLDS = {
    "old table still there": Hold(PROCESSED, "{model}", "ACCESS SHARE"),
    "old batches still there": Hold(PROCESSED, "batches", "EXCLUSIVE"),
    "rows staged": Hold(PROCESSED, "quarantine", "EXCLUSIVE"),
    "first batch loaded, sides not yet": Hold(PROCESSED, "_sides_{model}", "EXCLUSIVE"),
}
"""Where a replay of all sources for a changed spec is held."""

FIRST = table(BAD, row(3), row(3), good=150)
REVISED = table(
    BAD, row(3), *(row(n).replace("3750", "4000") for n in range(10, 15)), *map(row, range(15, 155))
)


def begin(model: IngestedModel) -> None:
    """Makes a first source."""
    model.write(FIRST)


def assert_begun(model: IngestedModel) -> None:
    """Checks that the first source is in, and each row on its side."""
    _assert_whole(model, [(1, 153, 152, 0, 152)])
    assert held(model) == 30


def revise(model: IngestedModel) -> None:
    """Ingests a first source, and makes a second one that removes, corrects and adds rows."""
    model.ingest(FIRST)
    model.write(REVISED)


def assert_revised(model: IngestedModel) -> None:
    """Checks that both sources are in, as of their batches, and no row changed its side."""
    once = 150 if model.spec.key else 152
    _assert_whole(model, [(1, 153, once, 0, once), (2, 147, 10, once - 136, 146)])
    assert len(model.as_of(1)) == once
    first, second = dict(sides(model, 1)), dict(sides(model, 2))
    for bill in some(first.keys() & second.keys()):
        assert first[bill] == second[bill]


def respecify(model: IngestedModel) -> None:
    """Ingests two sources, and changes the spec."""
    revise(model)
    model.ingest()
    document = model.spec.model_dump(mode="json")
    document["columns"][5]["range"] = [1000, 9000]
    model.change(columns=document["columns"])


def assert_respecified(model: IngestedModel) -> None:
    """Checks that all batches are as they were, under the new spec."""
    assert_revised(model)
    assert {each.table_digest for each in model.batches()} == {model.spec.table_digest}


def sides(model: IngestedModel, watermark: int) -> list[tuple[tuple[Any, ...], bool]]:
    """Reads on which side each row is as of a batch, by what tells the rows apart."""
    names = ("bill_length_mm", "bill_depth_mm", "body_mass_g")
    return [(found[:3], found[3]) for found in model.as_of(watermark, *names)]


def held(model: IngestedModel) -> int:
    """Counts the rows that are held out as of the last batch."""
    return sum(1 for _, side in sides(model, model.batches()[-1].batch) if side)


def _assert_whole(model: IngestedModel, expected: list[tuple[int, ...]]) -> None:
    found = [(each.batch, each.rows_in, each.loaded, each.removed, each.total_rows)
             for each in model.batches()]  # fmt: skip
    assert found == expected
    assert len(model.raw()) == sum(each[1] for each in expected)
    assert None not in {side for _, side in sides(model, expected[-1][0])}
    model.assert_accounted()
