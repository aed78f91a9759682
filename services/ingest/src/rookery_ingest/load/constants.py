"""Columns of which all rows of a table have one value, or none: a model learns nothing of them."""

from typing import Any

from sqlalchemy import Connection, Select

from rookery_core.database.rows_as_of import known_as_of
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.header import listed


def constants(connection: Connection, spec: ModelSpec, batch: int) -> list[str]:
    """Returns which features, and whether the target, are constant as of the batch.

    The whole table is asked: a batch that is stored as a difference has read only some of its rows.
    """
    known = known_as_of(spec, batch)
    counts = {name: _distinct(connection, known(name), name) for name in spec.features}
    said = []
    if _distinct(connection, known(spec.target), spec.target) < 2:
        targets = "classes" if spec.task == "classification" else "numbers"
        said.append(f"all rows have the same {spec.target!r}, or none: a model needs two {targets}")
    for count, what in ((0, "no value in any row"), (1, "one value in all rows")):
        names = [name for name, distinct in counts.items() if distinct == count]
        if names:
            said.append(f"{what}: {listed(names)}; leave them out of features")
    return said


def _distinct(connection: Connection, known: Select[Any], name: str) -> int:
    """Counts the values of a column, to two: the first row that differs ends the search."""
    one = connection.scalar(known.limit(1))
    if one is None:
        return 0
    other = connection.scalar(known.where(known.selected_columns[name] != one).limit(1))
    return 1 if other is None else 2
