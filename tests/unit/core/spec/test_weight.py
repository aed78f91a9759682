"""`weight`: a column that says how much each row counts."""

import json
from typing import Any

import pytest

from rookery_core.contract import contract_of
from rookery_core.errors import Refused
from rookery_core.spec.cells import CellReader, Invalid
from rookery_core.spec.columns import NumberColumn
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
            {"name": "town", "kind": "category", "values": "any"},
            {"name": "votes", "kind": "boolean"},
        ],
        "target": "votes",
        "features": "all",
        "weight": "people",
        **changes,
    }
    return parse_spec(json.dumps(document), "survey")


def test_a_weight_is_no_feature_and_in_no_contract() -> None:
    spec = spec_with()

    assert spec.features == ("age", "town")
    assert [feature.name for feature in contract_of(spec).features] == ["age", "town"]


def test_a_weight_is_a_number_from_zero_up_whatever_its_range() -> None:
    plain = spec_with()
    ranged = spec_with(
        columns=[
            {"name": "age", "kind": "number"},
            {"name": "people", "kind": "number", "range": [-5, 10], "out_of_range": "warn"},
            {"name": "votes", "kind": "boolean"},
        ]
    )

    for spec, largest in ((plain, 3.4028234663852886e38), (ranged, 3.4028234663852886e38)):
        column = spec.column("people")
        assert isinstance(column, NumberColumn)
        assert spec.bounds(column) == (0.0, largest)


@pytest.mark.parametrize(
    ("cell", "value"), [("0", 0.0), ("-0", 0.0), ("2.5", 2.5), ("1e3", 1000.0), ("", None)]
)
def test_a_cell_of_a_weight_is_read_as_a_number(cell: str, value: float | None) -> None:
    spec = spec_with()

    assert CellReader(spec, spec.column("people")).read(cell) == value


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("-1", "people: '-1' is below 0, and says how much the row counts"),
        ("inf", "people: 'inf' is not a number"),
        ("nan", "people: 'nan' is not a number"),
        ("1e39", "people: '1e39' lies outside 0 to 3.40282e+38"),
        ("many", "people: 'many' is not a number"),
    ],
)
def test_what_is_no_weight_is_told_as_such(cell: str, reason: str) -> None:
    spec = spec_with()

    assert CellReader(spec, spec.column("people")).read(cell) == Invalid(reason)


def test_a_weight_changes_the_table_and_no_digest_without_it() -> None:
    without = spec_with(weight=None)

    assert "weight" not in without.model_dump(mode="json")
    assert spec_with().table_digest != without.table_digest
    assert spec_with().digest != without.digest


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no column": ({"weight": "persons"}, "weight: 'persons' is not a column"),
    "the target": ({"weight": "votes"}, "weight: 'votes' is the target"),
    "part of the key": ({"key": ["people"]}, "weight: 'people' is part of the key"),
    "a feature": ({"features": ["age", "people"]}, "weight: 'people' is a feature"),
    "a text": ({"weight": "town"}, "weight: 'town' is a category; name a column of kind number"),
    "a range without a weight": (
        {
            "columns": [
                {"name": "age", "kind": "number"},
                {"name": "people", "kind": "number", "range": [-9, -1]},
                {"name": "votes", "kind": "boolean"},
            ]
        },
        "weight: the range of 'people' holds nothing above 0; widen it",
    ),
    "an estimator without weights": (
        {"estimator": "k_nearest_neighbors"},
        "weight: k_nearest_neighbors counts each row alike; leave one of both out, or choose among",
    ),
    "one of several without weights": (
        {"estimators": ["random_forest", "k_nearest_neighbors"]},
        "weight: k_nearest_neighbors counts each row alike",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_column_that_cannot_be_the_weight_is_refused_with_the_remedy(what: str) -> None:
    changes, said = WRONG[what]

    with pytest.raises(Refused) as refused:
        spec_with(**changes)

    assert said in str(refused.value)


def test_auto_tries_the_estimators_that_take_weights() -> None:
    assert "k_nearest_neighbors" in spec_with(weight=None).candidates
    assert "k_nearest_neighbors" not in spec_with().candidates
    assert "random_forest" in spec_with().candidates
