"""The key `monotone`: what it takes, what it refuses, and which estimators are left."""

from typing import Any

import pytest
import yaml
from tests.some import some

from rookery_core.errors import Refused
from rookery_core.spec.estimators import SEARCHABLE
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec

Document = dict[str, Any]
ABLE = ("hist_gradient_boosting", "xgboost")
UP = {"monotone": {"price": "increasing"}}


@pytest.fixture
def shop() -> Document:
    """A spec of a boolean target, with a feature of each kind."""
    return {
        "spec": 2,
        "name": "shop",
        "source": {"url": "file:shop.csv"},
        "columns": [
            {"name": "price", "kind": "number"},
            {"name": "gift", "kind": "boolean"},
            {"name": "bought", "kind": "datetime"},
            {"name": "town", "kind": "category", "values": "any"},
            {"name": "mood", "kind": "category", "values": ["good", "bad", "ugly"]},
            {"name": "cost", "kind": "number"},
            {"name": "returned", "kind": "boolean"},
        ],
        "target": "returned",
        "features": ["price", "gift", "bought", "town"],
    }


def parsed(document: Document) -> ModelSpec:
    return parse_spec(yaml.safe_dump(document), "shop.yaml")


def test_where_no_estimator_is_named_only_those_that_keep_an_order_are_tried(
    shop: Document,
) -> None:
    spec = parsed(shop | {"monotone": {"price": "increasing", "gift": "decreasing"}})

    assert spec.candidates == ABLE
    assert len(parsed(shop).candidates) > 2


@pytest.mark.parametrize("target", ["returned", "cost"])
def test_an_estimator_is_taken_that_keeps_an_order_and_each_other_refused(
    shop: Document, target: str
) -> None:
    task = "classification" if target == "returned" else "regression"
    others = [name for name, each in SEARCHABLE.items() if task in each.tasks and name not in ABLE]

    for name in some(ABLE):
        assert parsed(shop | UP | {"target": target, "estimator": name}).candidates == (name,)
    for name in some(others):
        with pytest.raises(Refused, match=f"{name} does not keep answers in order; choose among"):
            parsed(shop | UP | {"target": target, "estimator": name})
        with pytest.raises(Refused, match=f"{name} does not keep answers in order"):
            parsed(shop | UP | {"target": target, "estimators": [name, "xgboost"]})


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"monotone": {"prize": "increasing"}}, "monotone.prize: not a feature"),
        ({"monotone": {"returned": "increasing"}}, "monotone.returned: not a feature"),
        ({"monotone": {"cost": "increasing"}}, "monotone.cost: not a feature"),
        ({"monotone": {"price": "up"}}, "monotone.price: "),
        ({"monotone": {"price": 1}}, "monotone.price: "),
        ({"monotone": ["price"]}, "monotone: "),
        ({"monotone": {"town": "increasing"}}, "only a number, a boolean or an ordered category"),
        ({"monotone": {"bought": "increasing"}}, "'bought' is a datetime"),
        (UP | {"target": "mood"}, "one of two classes is kept in order"),
        (UP | {"target": "cost", "loss": "absolute"}, "write loss: squared"),
    ],
)
def test_what_can_not_be_kept_in_order_is_refused_with_the_remedy(
    shop: Document, keys: Document, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        parsed(shop | keys)


def test_it_needs_the_second_version(shop: Document) -> None:
    first = shop | {
        "columns": [
            {"name": "price", "kind": "number", "range": [0, 9]},
            {"name": "mood", "kind": "category", "values": ["good", "bad"]},
        ],
        "target": "mood",
        "features": ["price"],
        "estimator": "random_forest",
        "search_space": {"max_depth": {"distribution": "choice", "values": [3]}},
        **UP,
    }
    del first["spec"]

    with pytest.raises(Refused, match="monotone: needs `spec: 2`"):
        parsed(first)


def test_an_order_changes_the_digest_and_none_changes_nothing(shop: Document) -> None:
    before, none, up = parsed(shop), parsed(shop | {"monotone": {}}), parsed(shop | UP)

    assert (none.digest, none.table_digest) == (before.digest, before.table_digest)
    assert "monotone" not in before.model_dump(mode="json")
    assert up.digest != before.digest
    assert up.table_digest == before.table_digest
    assert parsed(up.model_dump(mode="json")).digest == up.digest
