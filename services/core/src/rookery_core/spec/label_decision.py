"""The key `decision`: what a threshold between two classes is chosen for."""

import json
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from rookery_core.frozen import Frozen
from rookery_core.spec.columns import FALSE, TRUE, Label, folded

if TYPE_CHECKING:
    from rookery_core.spec.model_spec import ModelSpec

LabelMetric = Literal["f1", "macro_f1", "balanced_accuracy", "accuracy"]
"""The metrics of labels by which a threshold may be chosen; `f1` is that of the positive class."""
Cost = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]


def _label_of_boolean(value: object) -> object:
    """Returns the label of a boolean target's class, which YAML reads as true or false."""
    return (TRUE if value else FALSE) if isinstance(value, bool) else value


class Costs(Frozen):
    """What a wrong label costs, in any unit: only their ratio decides."""

    false_positive: Cost
    """Of a row that is answered as positive and is not."""
    false_negative: Cost
    """Of a positive row that is answered as the other class."""


class LabelDecision(Frozen):
    """What the threshold is chosen for, from which a row is answered as positive."""

    positive: Annotated[
        Label,
        BeforeValidator(_label_of_boolean),
        WithJsonSchema({"type": ["string", "boolean"], "minLength": 1, "maxLength": 200}),
    ]
    """The class of the target that is found, or missed; case and space do not count."""
    costs: Annotated[Costs | None, Field(exclude_if=lambda costs: costs is None)] = None
    """The total cost is kept low. One of `costs` and `metric` is given."""
    metric: Annotated[LabelMetric | None, Field(exclude_if=lambda metric: metric is None)] = None
    """The metric is kept high."""

    @model_validator(mode="after")
    def _one_aim(self) -> Self:
        if (self.costs is None) == (self.metric is None):
            raise ValueError(
                "give one of costs and metric, such as costs: {false_positive: 1, "
                "false_negative: 5}, or metric: f1"
            )
        return self


def positive_class(decision: LabelDecision, classes: tuple[str, ...]) -> int | None:
    """Returns the index of the positive class; None where none of the classes is called so."""
    if decision.positive in classes:
        return classes.index(decision.positive)
    found = [i for i, name in enumerate(classes) if folded(name) == folded(decision.positive)]
    return found[0] if len(found) == 1 else None


def check_decision(spec: "ModelSpec") -> None:
    """Checks that a spec with a decision has two classes, of which the positive one is one.

    Raises:
        ValueError: it has not; names what to write instead.
    """
    if spec.decision is None:
        return
    if spec.task == "regression":
        raise ValueError(
            f"decision: the target {spec.target!r} is a number, and has no positive class; "
            "leave it out"
        )
    classes = list(spec.classes)
    if len(classes) != 2:
        raise ValueError(
            f"decision: one threshold divides two classes, and the target {spec.target!r} has "
            f"{len(classes)}; leave it out, or make two classes of the target"
        )
    if positive_class(spec.decision, spec.classes) is None:
        raise ValueError(
            f"decision.positive: {spec.decision.positive!r} is not a class of the target; "
            f"write one of: {', '.join(map(json.dumps, classes))}"
        )
