"""Rare classes: what a spec does with labels of its target that too few rows have."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from rookery_core.frozen import Frozen
from rookery_core.spec.columns import Label


class Merge(Frozen):
    """Counts several labels as one class."""

    merge: Annotated[tuple[Label, ...], Field(min_length=1)]
    """Labels of the target that lose their own class."""
    into: Label
    """The class that their rows get: another label of the target, or a new one."""


class Drop(Frozen):
    """Leaves rows of some labels out of training and hold-out."""

    drop: Annotated[tuple[Label, ...], Field(min_length=1)]
    """Labels of the target that are no class."""


def _rare_tag(value: Any) -> str:
    if isinstance(value, Drop) or (isinstance(value, dict) and "drop" in value):
        return "<drop>"
    return "<refuse>" if isinstance(value, str) else "<merge>"


Rare = Annotated[
    Annotated[Literal["refuse"], Tag("<refuse>")]
    | Annotated[Merge, Tag("<merge>")]
    | Annotated[Drop, Tag("<drop>")],
    Discriminator(_rare_tag),
]


def check_rare(rare: Rare, labels: Sequence[str]) -> None:
    """Checks that `rare` names labels of the target, and leaves two classes.

    Raises:
        ValueError: it doesn't.
    """
    if rare == "refuse":
        return
    key, named = ("merge", rare.merge) if isinstance(rare, Merge) else ("drop", rare.drop)
    for label in named:
        if label not in labels:
            raise ValueError(
                f"rare.{key}: {label!r} is not a label of the target; labels: {list(labels)[:20]}"
            )
    if len(classes_after(rare, labels)) < 2:
        raise ValueError(f"rare.{key}: fewer than two classes remain; name fewer labels")


def classes_after(rare: Rare, labels: Sequence[str]) -> tuple[str, ...]:
    """Returns the classes, in the order of `labels`; a new one stands where the first went."""
    mapped = (class_of(rare, label) for label in labels)
    return tuple(dict.fromkeys(label for label in mapped if label is not None))


def class_of(rare: Rare, label: str) -> str | None:
    """Returns the class of a label of the target; None if its rows are left out."""
    if isinstance(rare, Merge):
        return rare.into if label in rare.merge else label
    if isinstance(rare, Drop):
        return None if label in rare.drop else label
    return label


def stratum_of(rare: Rare, label: str) -> str:
    """Returns among which rows a row of that label is dealt to a side: those of its class.

    Rows that are left out are dealt among those of their own label: the spec may take them back.
    """
    return class_of(rare, label) or label
