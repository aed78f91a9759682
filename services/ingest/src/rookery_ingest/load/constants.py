"""Columns of which all rows of a table have one value, or none: a model learns nothing of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select

from rookery_core.database.rows_as_of import ValuesAsOf
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.header import listed

LOOK_ROWS = 50
LOOK_COLUMNS = 500
"""Columns that are looked at with one statement."""


def constants(connection: Connection, spec: ModelSpec, batch: int) -> list[str]:
    """Returns which features, and whether the target, are constant as of the batch.

    The whole table is asked: a batch that is stored as a difference has read only some of its rows.
    """
    table = ValuesAsOf(spec, batch)
    names = [*spec.features, spec.target]
    counts = _first_look(connection, table, names)
    for name in names:
        if counts[name] < 2:
            counts[name] = _distinct(connection, table.known(name), name)
    target = counts.pop(spec.target)
    said = []
    if target < 2:
        targets = "classes" if spec.task == "classification" else "numbers"
        said.append(f"all rows have the same {spec.target!r}, or none: a model needs two {targets}")
    for count, what in ((0, "no value in any row"), (1, "one value in all rows")):
        names = [name for name, distinct in counts.items() if distinct == count]
        if names:
            said.append(f"{what}: {listed(names)}; leave them out of features")
    return said


def _first_look(connection: Connection, table: ValuesAsOf, names: Sequence[str]) -> dict[str, int]:
    """Counts the values of each column in the first rows, which mostly tells enough."""
    counts = {}
    for start in range(0, len(names), LOOK_COLUMNS):
        some = names[start : start + LOOK_COLUMNS]
        rows = connection.execute(table.of(some).limit(LOOK_ROWS)).all()
        for place, name in enumerate(some):
            counts[name] = len({row[place] for row in rows} - {None})
    return counts


def _distinct(connection: Connection, known: Select[Any], name: str) -> int:
    """Counts the values of a column, to two: the first row that differs ends the search."""
    one = connection.scalar(known.limit(1))
    if one is None:
        return 0
    other = connection.scalar(known.where(known.selected_columns[name] != one).limit(1))
    return 1 if other is None else 2
