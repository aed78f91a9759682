"""The size of a table, by which the time of a fit is told beforehand: rows, and cells of a row."""

from dataclasses import dataclass

from rookery_core.datetime_parts import PARTS
from rookery_core.spec.columns import AnyColumn, CategoryColumn, DatetimeColumn
from rookery_core.spec.model_spec import ModelSpec


@dataclass(frozen=True)
class TableSize:
    """How much there is to be trained on."""

    rows: int
    breadth: int = 1
    """The cells that a fit reads of each row."""


def breadth_of(learned: ModelSpec) -> int:
    """Counts the columns that an estimator sees, once for each of more than two classes.

    For each of these, boosting grows trees of its own, and a linear model has coefficients.

    Args:
        learned: no category of it is open.
    """
    columns = sum(_seen(column, learned) for column in learned.feature_columns)
    return columns * models_within(len(learned.classes))


def models_within(classes: int) -> int:
    """Counts what is fitted for so many classes: one for each of more than two."""
    return classes if classes > 2 else 1


def _seen(column: AnyColumn, spec: ModelSpec) -> int:
    match column:
        case DatetimeColumn():
            return len(PARTS)
        case CategoryColumn(encoding="target"):
            return models_within(len(spec.classes))
        case CategoryColumn(ordered=False):
            # One for each label, and one for a missing one.
            return len(column.labels) + 1
        case _:
            return 1
