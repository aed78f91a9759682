"""Search spaces: what an estimator takes is known before any data is read."""

import math
from collections.abc import Mapping

import pytest
from pydantic import TypeAdapter
from tests.some import some

from rookery_core.spec.distributions import Choice, Distribution, RandInt
from rookery_core.spec.estimator_checks import check_search_space
from rookery_core.spec.estimators import SEARCHABLE, EstimatorName
from rookery_core.spec.task import Task

SPACE: TypeAdapter[dict[str, Distribution]] = TypeAdapter(dict[str, Distribution])

ACCEPTED: dict[str, tuple[EstimatorName, str]] = {
    "whole numbers": (
        "random_forest",
        '{"n_estimators": {"distribution": "randint", "low": 1, "high": 301}}',
    ),
    "whole numbers, shares, words and null": (
        "random_forest",
        '{"max_features": {"distribution": "choice", "values": [2, 0.5, "sqrt", null]}}',
    ),
    "whole numbers for real ones": (
        "logistic_regression",
        '{"C": {"distribution": "randint", "low": 1, "high": 9}}',
    ),
    "real numbers above an open bound": (
        "logistic_regression",
        '{"C": {"distribution": "uniform", "loc": 0.0, "scale": 1.0}}',
    ),
    "flags": (
        "extra_trees",
        '{"bootstrap": {"distribution": "choice", "values": [true, false]}}',
    ),
    "odd neighbours": (
        "k_nearest_neighbors",
        '{"n_neighbors": {"distribution": "choice", "values": [1, 15]}}',
    ),
    "an elastic net": (
        "logistic_regression",
        '{"l1_ratio": {"distribution": "uniform", "loc": 0.0, "scale": 1.0},'
        ' "solver": {"distribution": "choice", "values": ["saga"]}}',
    ),
}

REFUSED: dict[str, tuple[EstimatorName, str, str]] = {
    "another estimator's parameter": (
        "random_forest",
        '{"C": {"distribution": "uniform", "loc": 0.0, "scale": 1.0}}',
        "search_space.C: not a parameter that random_forest searches",
    ),
    "too few": (
        "random_forest",
        '{"n_estimators": {"distribution": "randint", "low": 0, "high": 9}}',
        "search_space.n_estimators: cannot be 0; allowed: whole numbers from 1 to 10000",
    ),
    "a share for a number": (
        "random_forest",
        '{"max_depth": {"distribution": "uniform", "loc": 1.0, "scale": 9.0}}',
        r"search_space.max_depth: cannot be 1.0, 10.0; allowed: whole numbers from 1, null",
    ),
    "a share above one": (
        "gradient_boosting",
        '{"subsample": {"distribution": "uniform", "loc": 0.5, "scale": 0.6}}',
        "search_space.subsample: cannot be 0.5, 1.1; allowed: numbers above 0 to 1",
    ),
    "a negative penalty": (
        "calibrated_svc",
        '{"C": {"distribution": "choice", "values": [-1, 1]}}',
        "search_space.C: cannot be -1; allowed: numbers above 0",
    ),
    "a misspelt word": (
        "calibrated_svc",
        '{"kernel": {"distribution": "choice", "values": ["rbf", "linaer"]}}',
        "search_space.kernel: cannot be 'linaer'; allowed: linear, poly, rbf, sigmoid",
    ),
    "a flag for a number": (
        "logistic_regression",
        '{"C": {"distribution": "choice", "values": [true]}}',
        "search_space.C: cannot be true",
    ),
    "null where it means nothing": (
        "logistic_regression",
        '{"C": {"distribution": "choice", "values": [null]}}',
        "search_space.C: cannot be null",
    ),
    "even neighbours": (
        "k_nearest_neighbors",
        '{"n_neighbors": {"distribution": "choice", "values": [3, 4]}}',
        "search_space.n_neighbors: cannot be 4; allowed: odd numbers from 1",
    ),
    "any neighbours": (
        "k_nearest_neighbors",
        '{"n_neighbors": {"distribution": "randint", "low": 1, "high": 9}}',
        "search_space.n_neighbors: randint draws even numbers too",
    ),
    "an elastic net without its solver": (
        "logistic_regression",
        '{"l1_ratio": {"distribution": "uniform", "loc": 0.0, "scale": 1.0}}',
        "search_space.l1_ratio: only the solver saga takes it",
    ),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_space_within_the_domains_is_accepted(case: str) -> None:
    estimator, text = ACCEPTED[case]

    check_search_space(estimator, SPACE.validate_json(text))


@pytest.mark.parametrize("case", REFUSED)
def test_a_space_outside_the_domains_is_refused_with_its_key(case: str) -> None:
    estimator, text, message = REFUSED[case]

    with pytest.raises(ValueError, match=message):
        check_search_space(estimator, SPACE.validate_json(text))


def test_every_domain_says_what_it_allows() -> None:
    said = {str(domain) for each in SEARCHABLE.values() for domain in each.domains.values()}

    assert "whole numbers from 2, numbers above 0 to 1" in said
    assert all(some(said))


TASKS = [(name, task) for name, each in SEARCHABLE.items() for task in each.tasks]


@pytest.mark.parametrize(("estimator", "task"), TASKS)
def test_each_estimator_ships_a_search_space_that_it_takes(estimator: str, task: Task) -> None:
    space = SEARCHABLE[estimator].space_for(task)

    check_search_space(estimator, space, task)
    assert _configurations(space) > 20


@pytest.mark.parametrize(
    ("estimator", "task", "said"),
    [
        ("logistic_regression", "regression", "logistic_regression does not predict numbers"),
        ("calibrated_svc", "regression", "choose one of: random_forest, extra_trees"),
        ("ridge", "classification", "ridge does not predict classes, which the target has"),
    ],
)
def test_an_estimator_of_the_other_task_is_refused(estimator: str, task: Task, said: str) -> None:
    with pytest.raises(ValueError, match=f"estimator: .*{said}"):
        check_search_space(estimator, SEARCHABLE[estimator].space, task)


@pytest.mark.parametrize("estimator", [name for name, task in TASKS if task == "regression"])
@pytest.mark.parametrize("parameter", ["criterion", "class_weight"])
def test_what_only_classes_have_is_refused_where_the_target_is_a_number(
    estimator: str, parameter: str
) -> None:
    space = {parameter: Choice(distribution="choice", values=("balanced",))}

    with pytest.raises(ValueError, match=f"search_space.{parameter}: not a parameter"):
        check_search_space(estimator, space, "regression")


def _configurations(space: Mapping[str, Distribution]) -> float:
    """Counts the configurations of a search space."""
    counts = [
        len(each.values)
        if isinstance(each, Choice)
        else each.high - each.low
        if isinstance(each, RandInt)
        else math.inf
        for each in space.values()
    ]
    return math.prod(counts)
