"""The key `monotone`: features with which a model's answers never fall, or never rise."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from rookery_core.spec.columns import CategoryColumn
from rookery_core.spec.estimators import SEARCHABLE

if TYPE_CHECKING:
    from rookery_core.spec.model_spec import ModelSpec

Direction = Literal["increasing", "decreasing"]
Monotone = Mapping[str, Direction]
ORDERED_KINDS = frozenset({"number", "boolean"})
"""The kinds of columns that a model takes as one number each."""


def monotone_estimators() -> tuple[str, ...]:
    """Lists the estimators that keep answers in the order of a feature."""
    return tuple(name for name, each in SEARCHABLE.items() if each.monotone)


def check_monotone(spec: "ModelSpec") -> None:
    """Checks that the features, the target and the estimators can be kept in order.

    Raises:
        ValueError: they can't; names the key, and what to write instead.
    """
    if not spec.monotone:
        return
    for name in spec.monotone:
        if name not in spec.features:
            raise ValueError(
                f"monotone.{name}: not a feature of the spec; name one of features, or leave it out"
            )
        column = spec.column(name)
        is_ranked = isinstance(column, CategoryColumn) and column.ordered
        if column.kind not in ORDERED_KINDS and not is_ranked:
            raise ValueError(
                f"monotone.{name}: only a number, a boolean or an ordered category has an order, "
                f"and {name!r} is a {column.kind}; leave it out"
            )
    if spec.task == "classification" and len(spec.classes) != 2:
        raise ValueError(
            "monotone: the probability of one of two classes is kept in order, and the target "
            f"{spec.target!r} has {len(spec.classes)}; leave it out, or make two classes of it"
        )
    if spec.loss == "absolute":
        raise ValueError(
            "monotone: with loss: absolute, leaves get their medians after the order was kept; "
            "write loss: squared, or leave monotone out"
        )
    able = monotone_estimators()
    listed = spec.estimators or (() if spec.estimator == "auto" else (spec.estimator,))
    for name in listed:
        if name not in able:
            raise ValueError(
                f"monotone: {name} does not keep answers in order; choose among "
                f"{', '.join(able)}, or leave monotone out"
            )
