"""Keys of a spec that say what the model predicts."""

import sys
from typing import Annotated

from pydantic import Field

from rookery_core.spec import rare_classes
from rookery_core.spec.columns import (
    FALSE,
    TRUE,
    BooleanColumn,
    CategoryColumn,
    ColumnName,
    NumberColumn,
)
from rookery_core.spec.label_decision import LabelDecision, positive_class
from rookery_core.spec.rare_classes import Rare
from rookery_core.spec.table_keys import TableKeys
from rookery_core.spec.task import ClassWeight, Loss, Task, Transform, task_of

ABOVE_ZERO = sys.float_info.min
"""The smallest number of which a logarithm is taken."""


class TargetKeys(TableKeys):
    """The target: its classes, or what is kept small where it is a number."""

    target: ColumnName
    rare: Annotated[Rare, Field(exclude_if=lambda rare: rare == "refuse")] = "refuse"
    """What becomes of labels of the target that too few rows have: `refuse`: nothing is trained;
    `{merge: [LABEL, ...], into: LABEL}`; or `{drop: [LABEL, ...]}`. Needs `spec: 2`."""
    class_weight: Annotated[
        ClassWeight | None, Field(exclude_if=lambda class_weight: class_weight is None)
    ] = None
    """How much the rows of each class count in every fit: `balanced`: all classes as much as each
    other, however few rows they have; `none`: each row alike. Where absent, search spaces say it.
    Metrics do not follow it. Needs `spec: 2`."""
    loss: Annotated[Loss, Field(exclude_if=lambda loss: loss == "squared")] = "squared"
    """Of a target that is a number, what a model keeps small: `squared` errors, which mean values
    do, or `absolute` ones, which medians do. Needs `spec: 2`."""
    transform: Annotated[Transform, Field(exclude_if=lambda to: to == "none")] = "none"
    """Of a target that is a number, what a model is trained on: the number itself (`none`), or its
    logarithm (`log`); a row with a number that is not above 0 is put in quarantine then. Answers
    are the number itself. Needs `spec: 2`."""
    decision: Annotated[
        LabelDecision | None, Field(exclude_if=lambda decision: decision is None)
    ] = None
    """Of two classes, which one is positive, and what wrong labels cost or which metric counts: a
    threshold is chosen for that, from which a row is answered as positive. Where absent, the more
    probable class is answered. Needs `spec: 2`."""
    interval: Annotated[
        float | None, Field(ge=0.5, le=0.99, exclude_if=lambda interval: interval is None)
    ] = None
    """Of a target that is a number, the share of truths, e.g. 0.9, that is to lie between two more
    numbers, which are answered beside each: as far from it as the truths of training rows lay from
    answers out of fold. Nothing is guaranteed. Needs `spec: 2`."""

    @property
    def task(self) -> Task:
        """Returns whether the model predicts classes or numbers."""
        return task_of(self.column(self.target))

    def bounds(self, column: NumberColumn) -> tuple[float, float]:
        """Returns the smallest and largest number that a row may hold there, both included.

        A target of which a model sees the logarithm is above 0, and a weight is not below.
        """
        low, high = column.bounds
        if column.name == self.weight:
            low = max(low, 0.0)
        if self.transform == "log" and column.name == self.target:
            low = max(low, ABOVE_ZERO)
        return low, high

    @property
    def target_labels(self) -> tuple[str, ...]:
        """Returns the labels that the target's column may hold; none of a number."""
        target = self.column(self.target)
        if isinstance(target, NumberColumn):
            return ()
        if isinstance(target, BooleanColumn):
            return FALSE, TRUE
        assert isinstance(target, CategoryColumn)
        return target.labels

    @property
    def classes(self) -> tuple[str, ...]:
        """Returns the target's classes, in the order of every probability vector.

        There are none where the target is a number.
        """
        return rare_classes.classes_after(self.rare, self.target_labels)

    @property
    def positive(self) -> int:
        """Returns the index of the positive one of two classes."""
        named = positive_class(self.decision, self.classes) if self.decision else None
        return 1 if named is None else named

    def class_of(self, label: str) -> str | None:
        """Returns the class of a label of the target; None if its rows are left out."""
        return rare_classes.class_of(self.rare, label)
