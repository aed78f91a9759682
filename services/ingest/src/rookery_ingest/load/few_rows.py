"""Whether both sides have rows enough to train a model, and what helps where they have not."""

from collections import Counter
from typing import Any

from sqlalchemy import Connection, Select, func, select

from rookery_core.database.rows_as_of import HELD, rows_as_of
from rookery_core.database.sides import scheme, sides_table
from rookery_core.spec.columns import FALSE, TRUE
from rookery_core.spec.model_spec import ModelSpec

LEAST_OF_A_SIDE = 5
"""Rows of each class that the training rows and the hold-out need at least."""
LEAST_OF_NUMBERS = 10
"""Rows that both need where the target is a number."""
LEAST_GROUPS = 30
FIRST_LOOK = 1000
"""So many rows mostly show that there are enough; the server then finds each side by its index."""

_Counts = Counter[tuple[str | None, bool]]
"""By class and side, how many rows there are."""


def few_rows(connection: Connection, spec: ModelSpec, batch: int) -> list[str]:
    """Returns of what there is too little as of the batch, a sentence each."""
    few_of_target = _few_of_a_class if spec.task == "classification" else _few_numbers
    return [
        *few_of_target(connection, spec, batch),
        *_few_groups(connection, spec),
    ]


def _few_of_a_class(connection: Connection, spec: ModelSpec, batch: int) -> list[str]:
    rows = rows_as_of(spec, batch, [spec.target])
    short: list[str] = []
    for looked_at in (rows.limit(FIRST_LOOK), rows):
        sides = _counts(connection, spec, looked_at)
        short = [
            label
            for label in spec.classes
            if min(sides[label, False], sides[label, True]) < LEAST_OF_A_SIDE
        ]
        if not short:
            return []
    few = [
        f"{label!r} ({sides[label, False]} to train on, {sides[label, True]} held out)"
        for label in short
    ]
    return [
        f"too few rows of {', '.join(few)}: each class needs {LEAST_OF_A_SIDE} on both sides; "
        "ingest more rows, raise holdout.fraction, or set rare: {merge: [LABEL, ...], into: LABEL} "
        "or {drop: [LABEL, ...]}"
    ]


def _counts(connection: Connection, spec: ModelSpec, rows: Select[Any]) -> _Counts:
    found = rows.subquery()
    sides: _Counts = Counter()
    for row in connection.execute(select(*found.c, func.count()).group_by(*found.c)):
        value, held, count = tuple(row)
        label = {True: TRUE, False: FALSE}.get(value, value)
        if held is not None:
            sides[spec.class_of(label), held] += count
    return sides


def _few_numbers(connection: Connection, spec: ModelSpec, batch: int) -> list[str]:
    rows = rows_as_of(spec, batch, [spec.target])
    training = held_out = 0
    for looked_at in (rows.limit(FIRST_LOOK), rows):
        found = looked_at.subquery()
        counted = (
            select(found.c[HELD], func.count())
            .where(found.c[spec.target].is_not(None))
            .group_by(found.c[HELD])
        )
        sides = dict(map(tuple, connection.execute(counted)))
        training, held_out = sides.get(False, 0), sides.get(True, 0)
        if min(training, held_out) >= LEAST_OF_NUMBERS:
            return []
    return [
        f"too few rows with a {spec.target!r} ({training} to train on, {held_out} held out): "
        f"{LEAST_OF_NUMBERS} are needed on both sides; ingest more rows, or raise holdout.fraction"
    ]


def _few_groups(connection: Connection, spec: ModelSpec) -> list[str]:
    if spec.holdout.by != "group":
        return []
    sides = sides_table(spec)
    query = select(func.count()).select_from(sides).where(sides.c.scheme == scheme(spec))
    groups = connection.scalar(query) or 0
    if groups >= LEAST_GROUPS:
        return []
    return [
        f"{spec.holdout.column!r} has only {groups} groups, and {LEAST_GROUPS} are needed to hold "
        "some out; ingest rows of more groups, or set holdout.by: hash"
    ]
