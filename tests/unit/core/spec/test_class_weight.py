"""`class_weight`: how much the rows of each class count in every fit."""

import json
from typing import Any

import pytest

from rookery_core.errors import Refused
from rookery_core.spec.estimators import CLASS_WEIGHT, SEARCHABLE
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec


def spec_with(**changes: Any) -> ModelSpec:
    document: dict[str, Any] = {
        "spec": 2,
        "name": "survey",
        "source": {"url": "file:survey.csv"},
        "columns": [
            {"name": "age", "kind": "number"},
            {"name": "people", "kind": "number"},
            {"name": "votes", "kind": "boolean"},
        ],
        "target": "votes",
        "features": ["age"],
        **changes,
    }
    return parse_spec(json.dumps(document), "survey")


def test_a_spec_without_it_is_digested_as_before() -> None:
    assert CLASS_WEIGHT not in spec_with().model_dump(mode="json")
    assert spec_with(class_weight="none").digest != spec_with().digest
    assert spec_with(class_weight="balanced").table_digest == spec_with().table_digest


@pytest.mark.parametrize("value", ["balanced", "none"])
def test_where_it_is_said_it_is_not_drawn(value: str) -> None:
    named = spec_with(estimator="logistic_regression", class_weight=value)
    drawn = spec_with(estimator="logistic_regression")

    assert CLASS_WEIGHT in drawn.search_space
    assert named.search_space.keys() == drawn.search_space.keys() - {CLASS_WEIGHT}
    assert CLASS_WEIGHT not in spec_with(class_weight=value).space_of("logistic_regression")
    by_labels = spec_with(select_by="balanced_accuracy")
    assert CLASS_WEIGHT in by_labels.space_of("logistic_regression")


def test_of_several_estimators_it_is_not_drawn_where_probabilities_select() -> None:
    assert CLASS_WEIGHT not in spec_with(select_by="log_loss").space_of("logistic_regression")
    assert CLASS_WEIGHT not in spec_with(select_by="roc_auc").space_of("calibrated_svc")


def test_auto_tries_the_estimators_whose_classes_can_count_alike() -> None:
    assert "k_nearest_neighbors" not in spec_with(class_weight="balanced").candidates
    assert "k_nearest_neighbors" in spec_with(class_weight="none").candidates


DRAWN = {CLASS_WEIGHT: {"distribution": "choice", "values": [None, "balanced"]}}


@pytest.mark.parametrize(
    "estimator",
    [name for name, each in SEARCHABLE.items() if each.weighted and "classification" in each.tasks],
)
def test_a_search_space_may_draw_it_of_every_estimator_that_takes_weights(estimator: str) -> None:
    assert spec_with(estimator=estimator, search_space=DRAWN).search_space.keys() == {CLASS_WEIGHT}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a target that is a number": (
        {"target": "people", "class_weight": "balanced"},
        "class_weight: the target 'people' is a number, and has no classes; leave it out",
    ),
    "none for a number": (
        {"target": "people", "class_weight": "none"},
        "class_weight: the target 'people' is a number, and has no classes; leave it out",
    ),
    "an estimator without weights": (
        {"estimator": "k_nearest_neighbors", "class_weight": "balanced"},
        "class_weight: k_nearest_neighbors counts each row alike; leave one of both out, or choose",
    ),
    "drawn and said": (
        {"estimator": "xgboost", "search_space": DRAWN, "class_weight": "none"},
        "class_weight: search_space draws it too; leave one of both out",
    ),
    "another word": (
        {"class_weight": "auto"},
        "class_weight: Input should be 'balanced' or 'none'",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_it_cannot_be_is_refused_with_the_remedy(what: str) -> None:
    changes, said = WRONG[what]

    with pytest.raises(Refused) as refused:
        spec_with(**changes)

    assert said in str(refused.value)


def test_a_first_version_spec_draws_it_of_the_estimators_that_0_1_0_did() -> None:
    first = {
        "spec": 1,
        "search_space": DRAWN,
        "columns": [
            {"name": "age", "kind": "number", "range": [0, 9]},
            {"name": "votes", "kind": "category", "values": ["no", "yes"]},
        ],
    }

    assert spec_with(**first, estimator="random_forest").spec == 1
    with pytest.raises(Refused, match=r"search_space\.class_weight: needs `spec: 2`"):
        spec_with(**first, estimator="gradient_boosting")
