"""Checks of estimators: each names the key, and what it may be."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rookery_core.spec.distributions import Choice, Distribution
from rookery_core.spec.estimators import AUTO, CLASS_WEIGHT, OF_CLASSES, SEARCHABLE, EstimatorName
from rookery_core.spec.task import Task

if TYPE_CHECKING:
    from rookery_core.spec.model_spec import ModelSpec


def check_spec_estimators(spec: "ModelSpec") -> None:
    """Checks the estimators of a spec, and the search space that one of them may have.

    Raises:
        ValueError: they do not fit the target, or each other.
    """
    if spec.estimators and "estimator" in spec.model_fields_set:
        raise ValueError("estimators: stands in place of estimator; leave one of both out")
    if spec.estimators:
        _check_several(spec.estimators, spec.task)
    if spec.estimators or spec.estimator == AUTO:
        if "search_space" in spec.model_fields_set:
            raise ValueError(
                "search_space: several estimators have only their own; name one estimator, or "
                "leave it out"
            )
    else:
        check_search_space(spec.estimator, spec.search_space, spec.task)
    _check_weighted(spec)
    if spec.class_weight is not None and CLASS_WEIGHT in spec.search_space:
        raise ValueError("class_weight: search_space draws it too; leave one of both out")


def _check_weighted(spec: "ModelSpec") -> None:
    if not spec.weighing_keys:
        return
    for name in spec.candidates:
        if not SEARCHABLE[name].weighted:
            fitting = [
                other
                for other, each in SEARCHABLE.items()
                if each.weighted and spec.task in each.tasks
            ]
            raise ValueError(
                f"{spec.weighing_keys[0]}: {name} counts each row alike; leave one of both out, "
                f"or choose among: {', '.join(fitting)}"
            )


def check_search_space(
    estimator: EstimatorName, space: Mapping[str, Distribution], task: Task = "classification"
) -> None:
    """Checks that `estimator` is one for the task, and takes every configuration of `space`.

    Raises:
        ValueError: it does not; names the key and what it may be.
    """
    if task not in SEARCHABLE[estimator].tasks:
        what = "classes" if task == "classification" else "numbers"
        fitting = [name for name, each in SEARCHABLE.items() if task in each.tasks]
        raise ValueError(
            f"estimator: {estimator} does not predict {what}, which the target has; "
            f"choose one of: {', '.join(fitting)}"
        )
    allowed = SEARCHABLE[estimator].domains_for(task)
    for name, distribution in space.items():
        if name not in allowed:
            raise ValueError(
                f"search_space.{name}: not a parameter that {estimator} searches"
                f"{_instead(name, task)}; allowed: {sorted(allowed)}"
            )
        fault = allowed[name].fault(distribution)
        if fault:
            raise ValueError(f"search_space.{name}: {fault}")
    if "l1_ratio" in space and space.get("solver") != Choice(
        distribution="choice", values=("saga",)
    ):
        raise ValueError(
            "search_space.l1_ratio: only the solver saga takes it; "
            "add solver: {distribution: choice, values: [saga]}"
        )


def _check_several(names: Sequence[EstimatorName], task: Task) -> None:
    """Checks that several estimators are different ones, and that each is for the task.

    Raises:
        ValueError: they are not; names what to write instead.
    """
    if len(set(names)) < max(2, len(names)):
        raise ValueError("estimators: list two different ones at least, or write estimator: NAME")
    for name in names:
        check_search_space(name, SEARCHABLE[name].space_for(task), task)


def _instead(name: str, task: Task) -> str:
    if task == "regression" and name == "criterion":
        return " where the target is a number: the spec's loss says it"
    return " where the target is a number" if task == "regression" and name in OF_CLASSES else ""
