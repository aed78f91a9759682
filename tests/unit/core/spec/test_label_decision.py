"""The key `decision`: what it takes, what it refuses, and that without it nothing changes."""

from typing import Any

import pytest
import yaml
from tests.some import some

from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec

Document = dict[str, Any]
COSTS = {"false_positive": 1, "false_negative": 5}


@pytest.fixture
def shop() -> Document:
    """A spec of two classes, `true` the second."""
    return {
        "spec": 2,
        "name": "shop",
        "source": {"url": "file:shop.csv"},
        "columns": [
            {"name": "price", "kind": "number"},
            {"name": "returned", "kind": "boolean"},
            {"name": "mood", "kind": "category", "values": ["Good", "bad", "ugly"]},
        ],
        "target": "returned",
        "features": ["price"],
    }


def parsed(document: Document) -> ModelSpec:
    return parse_spec(yaml.safe_dump(document), "shop.yaml")


def test_the_positive_class_is_the_second_one_unless_named(shop: Document) -> None:
    named = parsed(shop | {"decision": {"positive": "false", "metric": "f1"}})

    assert (parsed(shop).positive, named.positive) == (1, 0)


@pytest.mark.parametrize("written", ["true", "TRUE", " true", True])
def test_case_space_and_yamls_own_booleans_name_a_class(shop: Document, written: object) -> None:
    text = str(written).strip() if isinstance(written, str) else written

    spec = parsed(shop | {"decision": {"positive": text, "costs": COSTS}})

    assert spec.classes[spec.positive] == "true"


def test_a_class_that_was_merged_may_be_the_positive_one(shop: Document) -> None:
    shop |= {
        "target": "mood",
        "rare": {"merge": ["bad", "ugly"], "into": "poor"},
        "decision": {"positive": "POOR", "metric": "balanced_accuracy"},
    }

    spec = parsed(shop)

    assert spec.classes[spec.positive] == "poor"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"decision": {"positive": "true"}}, "give one of costs and metric"),
        ({"decision": {"positive": "true", "costs": COSTS, "metric": "f1"}}, "give one of costs"),
        ({"decision": {"metric": "f1"}}, "decision.positive: "),
        ({"decision": {"positive": "yes", "metric": "f1"}}, 'write one of: "false", "true"'),
        ({"decision": {"positive": "true", "metric": "log_loss"}}, "decision.metric: "),
        ({"decision": {"positive": "true", "costs": {"false_positive": 1}}}, "false_negative"),
        ({"decision": {"positive": "true", "costs": COSTS | {"false_positive": 0}}}, "than 0"),
        ({"decision": {"positive": "true", "costs": COSTS | {"false_negative": -1}}}, "than 0"),
        (
            {"decision": {"positive": "true", "costs": COSTS | {"false_negative": 1e13}}},
            "costs.false_negative",
        ),
        (
            {"decision": {"positive": "bad", "metric": "f1"}, "target": "mood"},
            "divides two classes, and the target 'mood' has 3",
        ),
        (
            {
                "decision": {"positive": "bad", "metric": "f1"},
                "target": "mood",
                "rare": {"merge": ["bad"], "into": "ugly"},
            },
            "'bad' is not a class of the target",
        ),
        (
            {
                "decision": {"positive": "1", "metric": "f1"},
                "target": "price",
                "features": ["mood"],
            },
            "the target 'price' is a number, and has no positive class",
        ),
    ],
)
def test_what_decides_nothing_is_refused_with_the_remedy(
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
        "estimator": "random_forest",
        "search_space": {"max_depth": {"distribution": "choice", "values": [3]}},
        "decision": {"positive": "bad", "metric": "f1"},
    }
    del first["spec"]

    with pytest.raises(Refused, match="decision: needs `spec: 2`"):
        parsed(first)


def test_only_a_decision_changes_the_digest_and_it_changes_no_table(shop: Document) -> None:
    before = parsed(shop)
    absent = parsed(shop | {"decision": None})
    decisions = [
        {"positive": "true", "costs": COSTS},
        {"positive": "true", "costs": COSTS | {"false_negative": 6}},
        {"positive": "false", "costs": COSTS},
        {"positive": "true", "metric": "f1"},
    ]

    digests = [parsed(shop | {"decision": each}).digest for each in decisions]

    assert absent.digest == before.digest
    assert len({before.digest, *digests}) == 5
    assert "decision" not in before.model_dump(mode="json")
    for each in some(decisions):
        spec = parsed(shop | {"decision": each})
        assert spec.table_digest == before.table_digest
        assert parsed(spec.model_dump(mode="json")).digest == spec.digest
