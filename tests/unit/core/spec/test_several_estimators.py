"""A spec may leave the estimator open, or name several."""

import json
from typing import Any

import pytest
from tests.unit.trainer.support.second_version import spec_of

from rookery_core.errors import Refused
from rookery_core.spec.estimators import SEARCHABLE
from rookery_core.spec.model_spec import ModelSpec


def spec_with(**keys: Any) -> ModelSpec:
    plain = spec_of().model_dump(mode="json", exclude={"estimator", "search_space"})
    return ModelSpec.model_validate_json(json.dumps({**plain, **keys}))


def test_auto_stands_for_every_estimator_of_the_task_and_is_meant_without_one() -> None:
    classes = tuple(name for name, each in SEARCHABLE.items() if "classification" in each.tasks)

    assert spec_with(estimator="auto").candidates == spec_with().candidates == classes
    assert spec_with(estimator="auto").search_space == {}
    assert spec_with(estimator="auto").digest == spec_with().digest


def test_several_are_those_that_are_named() -> None:
    spec = spec_with(estimators=["extra_trees", "xgboost"])

    assert spec.candidates == ("extra_trees", "xgboost")
    assert spec.digest != spec_with().digest


@pytest.mark.parametrize(
    "keys", [{}, {"estimators": ["extra_trees", "xgboost"]}, {"estimator": "xgboost"}], ids=str
)
def test_what_is_written_of_a_spec_is_read_as_the_same(keys: dict[str, Any]) -> None:
    spec = spec_with(**keys)

    again = ModelSpec.model_validate_json(spec.model_dump_json())

    assert again == spec
    assert again.digest == spec.digest


SPACE = {"C": {"distribution": "uniform", "loc": 1, "scale": 1}}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"estimators": ["xgboost"]}, "list two different ones at least"),
        ({"estimators": ["xgboost", "xgboost"]}, "list two different ones at least"),
        ({"estimators": ["xgboost", "ridge"]}, "ridge does not predict classes"),
        ({"estimators": ["xgboost", "extra_trees"], "estimator": "auto"}, "leave one of both out"),
        ({"estimator": "auto", "search_space": SPACE}, "search_space: several estimators"),
        ({"search_space": SPACE}, "search_space: several estimators"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_with_the_remedy(keys: dict[str, Any], message: str) -> None:
    with pytest.raises((Refused, ValueError), match=message):
        spec_with(**keys)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"estimator": "auto"}, "needs `spec: 2`"),
        ({"estimators": ["random_forest", "extra_trees"]}, "needs `spec: 2`"),
        ({}, "Field required"),
    ],
    ids=str,
)
def test_the_first_version_knows_one_estimator_by_its_name(
    keys: dict[str, Any], message: str
) -> None:
    plain = {
        "name": "iris",
        "source": {"url": "file:iris.csv"},
        "columns": [
            {"name": "size", "kind": "number", "range": [0, 1]},
            {"name": "kind", "kind": "category", "values": ["a", "b"]},
        ],
        "target": "kind",
        "features": ["size"],
        "search_space": SPACE,
    }

    with pytest.raises(ValueError, match=message):
        ModelSpec.model_validate_json(json.dumps({**plain, **keys}))
