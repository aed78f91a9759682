"""The keys `true` and `false` of a boolean, which YAML reads as truth values."""

import pytest

from rookery_core.errors import Refused
from rookery_core.spec.spec_yaml import parse_spec

PLAIN_BOOLEAN = """\
spec: 2
name: shop
source: {url: "file:shop.csv"}
columns:
  - {name: price, kind: number}
  - name: open
    kind: boolean
    true: ["ja"]
    FALSE: ["nein"]
target: open
features: all
estimator: random_forest
"""


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_the_keys_true_and_false_need_no_quotes(quote: str) -> None:
    text = PLAIN_BOOLEAN.replace("true:", f"{quote}true{quote}:").replace("FALSE", "false")

    column = parse_spec(text, "shop.yaml").columns[1]

    assert column.model_dump(include={"true", "false"}) == {"true": ("ja",), "false": ("nein",)}


def test_the_keys_true_and_false_may_be_in_capitals_as_in_yaml() -> None:
    assert parse_spec(PLAIN_BOOLEAN, "shop.yaml").columns[1].kind == "boolean"


def test_a_key_given_as_a_text_and_as_a_truth_value_is_there_twice() -> None:
    text = PLAIN_BOOLEAN.replace("FALSE", "'true'")

    with pytest.raises(Refused, match="key 'true' stands there twice"):
        parse_spec(text, "shop.yaml")
