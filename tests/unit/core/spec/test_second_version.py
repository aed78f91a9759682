"""`spec: 2`: what it adds, what it refuses, and that without it nothing new is taken."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
import yaml

from rookery_core.errors import Refused
from rookery_core.spec.catalog import parse_spec
from rookery_core.spec.columns import CategoryColumn
from rookery_core.spec.estimators import SEARCHABLE
from rookery_core.spec.model_spec import ModelSpec

Document = dict[str, Any]
Change = Callable[[Document], object]


@pytest.fixture
def shop() -> Document:
    """A spec with every key of the second version."""
    return {
        "spec": 2,
        "name": "shop",
        "source": {"url": "file:shop.csv", "mode": "append"},
        "csv": {"delimiter": ";", "decimal": ",", "thousands": ".", "encoding": "cp1252"},
        "extra_columns": "refuse",
        "ignore": ["Note"],
        "null_tokens": ["?"],
        "columns": [
            {"name": "price", "kind": "number"},
            {"name": "items", "kind": "number", "range": [0, 9], "integer": True, "offset": 2},
            {"name": "day", "kind": "datetime", "format": "%d.%m.%Y", "zone": "Europe/Berlin"},
            {"name": "town", "kind": "category", "values": "any", "max_values": 5},
            {"name": "open", "kind": "boolean", "true": ["ja"], "false": ["nein"]},
            {"name": "size", "kind": "category", "values": ["a", "b", "c"], "unknown": "accept"},
        ],
        "target": "size",
        "rare": {"merge": ["b", "c"], "into": "other"},
        "features": {"except": ["town"]},
        "estimator": "random_forest",
        "holdout": {"by": "time", "column": "day", "embargo": "7d"},
    }


def parsed(document: Document) -> ModelSpec:
    return parse_spec(yaml.safe_dump(document, allow_unicode=True), "shop.yaml")


def refusal(document: Document) -> str:
    with pytest.raises(Refused) as refused:
        parsed(document)
    assert refused.value.exit_code == 42
    return str(refused.value)


def test_the_least_second_version_spec_has_the_documented_defaults(document: Document) -> None:
    document["spec"] = 2
    del document["search_space"], document["columns"][0]["range"]
    document["features"] = "all"

    spec = parsed(document)

    assert spec.is_snapshot
    assert spec.keeps_extra_columns
    assert spec.features == ("petal", "colour")
    assert spec.search_space == SEARCHABLE["random_forest"].space
    assert spec.column("petal").optional is None


def test_every_key_of_the_second_version_has_its_effect(shop: Document) -> None:
    spec = parsed(shop)

    assert not spec.is_snapshot
    assert not spec.keeps_extra_columns
    assert spec.features == ("price", "items", "day", "open")
    assert spec.classes == ("a", "other")
    assert [spec.class_of(label) for label in "abc"] == ["a", "other", "other"]
    assert spec.holdout.embargo_time == timedelta(days=7)
    assert spec.null_keys == {"", "na", "null", "?"}


def test_a_dumped_second_version_spec_is_read_as_itself(shop: Document) -> None:
    spec = parsed(shop)

    again = parse_spec(json.dumps(spec.model_dump(mode="json")), "dump")

    assert again == spec
    assert again.digest == spec.digest


def _boolean_target(shop: Document) -> None:
    shop |= {"target": "open", "rare": "refuse", "features": ["price"]}


def test_a_boolean_target_has_two_classes(shop: Document) -> None:
    _boolean_target(shop)

    assert parsed(shop).classes == ("false", "true")


def test_dropped_labels_are_no_classes(shop: Document) -> None:
    shop["rare"] = {"drop": ["a"]}

    spec = parsed(shop)

    assert spec.classes == ("b", "c")
    assert spec.class_of("a") is None


def _into(*path: str | int, to: Any) -> Change:
    def change(document: Document) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


def _number_target(**keys: str) -> Change:
    """Makes the number of either document its target."""

    def change(document: Document) -> None:
        document |= {"target": document["columns"][0]["name"], "features": ["colour"], **keys}

    return change


NEW_KEYS: Mapping[str, Change] = {
    "extra_columns": _into("extra_columns", to="keep"),
    "ignore": _into("ignore", to=["x"]),
    "csv": _into("csv", to={"delimiter": ";"}),
    "default_null_tokens": _into("default_null_tokens", to=False),
    "rare": _into("rare", to="refuse"),
    "class_weight": lambda document: document.update(
        class_weight="none", target="colour", features=["petal"]
    ),
    "weight": lambda document: document.update(weight="petal", features=["colour"]),
    "loss": _number_target(loss="squared"),
    "transform": _number_target(transform="log"),
    "select_by": _into("select_by", to="accuracy"),
    "calibrate": _into("calibrate", to="auto"),
    "metric": _into("metric", to="roc_auc"),
    "source.mode": _into("source", "mode", to="append"),
    "source.url": _into("source", to={"url": "postgresql://h/d", "query": "SELECT 1"}),
    "source.query": _into("source", to={"url": "postgresql://h/d", "query": "SELECT 1"}),
    "holdout.by": _into("holdout", to={"by": "group", "column": "colour"}),
    "holdout.column": _into("holdout", to={"by": "group", "column": "colour"}),
    "columns[0].integer": _into("columns", 0, "integer", to=True),
    "columns[0].offset": _into("columns", 0, "offset", to=5),
    "columns[0].out_of_range": _into("columns", 0, "out_of_range", to="warn"),
    "columns[0].range": lambda document: document["columns"][0].pop("range"),
    "columns[1].values": _into("columns", 1, "values", to="any"),
    "columns[1].unknown": _into("columns", 1, "unknown", to="accept"),
    "columns[1].ordered": _into("columns", 1, "ordered", to=True),
    "columns[1].encoding": _into("columns", 1, "encoding", to="target"),
    "columns[1].kind": _into("columns", 1, to={"name": "colour", "kind": "boolean"}),
    "features": _into("features", to="all"),
}


@pytest.mark.parametrize("key", NEW_KEYS)
def test_a_key_of_the_second_version_is_refused_without_it(document: Document, key: str) -> None:
    NEW_KEYS[key](document)

    assert f"{key}: needs `spec: 2`" in refusal(document)


@pytest.mark.parametrize("key", NEW_KEYS)
def test_the_same_key_is_taken_with_it(document: Document, key: str) -> None:
    NEW_KEYS[key](document)
    document["spec"] = 2

    assert parsed(document).spec == 2


def test_a_datetime_is_refused_without_the_second_version(document: Document) -> None:
    document["columns"][1] = {"name": "colour", "kind": "datetime"}

    assert "columns[1].kind: needs `spec: 2` (datetime)" in refusal(document)


def test_without_the_second_version_a_search_space_is_required(document: Document) -> None:
    del document["search_space"]

    assert "search_space: Field required" in refusal(document)


@pytest.mark.parametrize(
    ("version", "most", "said"),
    [(1, 200, "at most 200 without `spec: 2`"), (2, 2_048, "a table has at most 2,048")],
)
def test_a_spec_has_as_many_numbers_as_its_version_allows(
    document: Document, version: int, most: int, said: str
) -> None:
    document["spec"] = version
    columns = document["columns"]
    numbers = [{"name": f"c{n}", "kind": "number", "range": [0, 1]} for n in range(most + 150)]

    document["columns"] = [*columns, *numbers[: most - len(columns)]]
    assert len(parsed(document).columns) == most

    document["columns"] = [*columns, *numbers]
    assert said in refusal(document)


WRONG: Mapping[str, tuple[Change, str]] = {
    "a loss of classes": (_into("loss", to="squared"), "loss: only a target of kind number has"),
    "a logarithm of classes": (_into("transform", to="log"), "transform: only a target of kind n"),
    "another loss": (_into("loss", to="huber"), "loss: Input should be 'squared' or 'absolute'"),
    "a metric of numbers": (
        _into("metric", to="rmse"),
        "metric: rmse is no metric of classes, which 'size' has; write one of: accuracy, ",
    ),
    "a selection by a metric of numbers": (_into("select_by", to="r2"), "select_by: r2 is no met"),
    "another calibration": (_into("calibrate", to="isotonic"), "calibrate: Input should be 'auto'"),
    "a target that is a datetime": (_into("target", to="day"), "target: 'day' is a datetime"),
    "a target without listed labels": (
        _into("target", to="town"),
        "target: 'town' has values: any, and the labels of a target have to be listed",
    ),
    "a merged label that is none": (
        _into("rare", to={"merge": ["d"], "into": "x"}),
        "rare.merge: 'd' is not a label of the target",
    ),
    "labels merged into one class": (
        _into("rare", to={"merge": ["a", "b", "c"], "into": "x"}),
        "rare.merge: fewer than two classes remain",
    ),
    "a dropped label that is none": (_into("rare", to={"drop": ["d"]}), "rare.drop: 'd' is not"),
    "another word for rare": (_into("rare", to="merge"), "rare: Input should be 'refuse'"),
    "an exception that is no column": (
        _into("features", to={"except": ["tuwn"]}),
        "features: except: 'tuwn' is not a column",
    ),
    "another word for features": (_into("features", to="every"), "features: write a list"),
    "no feature left": (
        _into("features", to={"except": ["price", "items", "day", "town", "open"]}),
        "features: Tuple should have at least 1 item",
    ),
    "an ignored column of the spec": (
        _into("ignore", to=[" PRICE "]),
        "ignore[0]: ' PRICE ' is a column of the spec",
    ),
    "one header ignored twice": (_into("ignore", to=["a", "A"]), "ignore: ['a'] stand more"),
    "a group that is no column": (
        _into("holdout", to={"by": "group", "column": "house"}),
        "holdout.column: 'house' is not a column",
    ),
    "a group without a column": (_into("holdout", to={"by": "group"}), "column: by: group needs"),
    "a column for the hash": (_into("holdout", to={"column": "day"}), "column: with by: hash"),
    "a time that is a number": (
        _into("holdout", "column", to="price"),
        "holdout.column: by: time needs a column of kind datetime, and 'price' is a number",
    ),
    "the target as the group": (
        _into("holdout", to={"by": "group", "column": "size"}),
        "holdout.column: the target cannot",
    ),
    "an embargo of groups": (
        _into("holdout", to={"by": "group", "column": "town", "embargo": "1d"}),
        "embargo: only by: time",
    ),
    "an embargo in no unit": (_into("holdout", "embargo", to="7"), "holdout.embargo"),
    "an encoding that is none": (_into("csv", "encoding", to="klingon"), "encoding: 'klingon'"),
    "an encoding of pairs of bytes": (_into("csv", "encoding", to="utf-16"), "save a file of UTF"),
    "two marks alike": (_into("csv", "thousands", to=","), "decimal and thousands are both"),
    "a delimiter that is a letter": (_into("csv", "delimiter", to="x"), "delimiter: 'x' cannot"),
    "a dialect of no CSV": (
        _into("source", to={"url": "file:shop.parquet"}),
        "csv: the source 'file:shop.parquet' is not a CSV",
    ),
    "a query of a file": (_into("source", "query", to="SELECT 1"), "query: only a postgresql://"),
    "a database without a query": (_into("source", "url", to="postgresql://h/d"), "query: a postg"),
    "a password in the address": (
        _into("source", to={"url": "postgresql://u:p@h/d", "query": "SELECT 1"}),
        "url: a user or a password may not stand in the spec",
    ),
    "parameters in the address": (
        _into("source", to={"url": "postgresql://h/d?sslmode=disable", "query": "SELECT 1"}),
        "url: a PostgreSQL source is written",
    ),
    "a format without a day": (
        _into("columns", 2, "format", to="%H:%M"),
        "does not tell a day or a month",
    ),
    "a directive that is none": (_into("columns", 2, "format", to="%Y-%m-%d %q"), "'%q'"),
    "an hour of twelve alone": (_into("columns", 2, "format", to="%Y-%m-%d %I"), "add %p"),
    "a zone that is none": (_into("columns", 2, "zone", to="Berlin"), "zone: 'Berlin' is not"),
    "an offset without a zone": (
        _into("columns", 2, to={"name": "day", "kind": "datetime", "format": "%Y-%m-%d %z"}),
        "format: %z reads an offset; add zone",
    ),
    "an origin that is no day": (_into("columns", 2, "origin", to="2026"), "origin: '2026' is not"),
    "a text both true and false": (
        _into("columns", 4, "false", to=["Nein", "JA"]),
        "true and false share ['ja']",
    ),
    "a text both true and missing": (
        _into("columns", 4, "true", to=["?"]),
        "columns[4].true: '?' also means \"missing\" by null_tokens",
    ),
    "a label that a default token means": (
        _into("columns", 5, "values", to=["a", "b", "c", "NA"]),
        "default_null_tokens: false",
    ),
    "a bound of listed values": (_into("columns", 5, "max_values", to=5), "max_values: the values"),
    "an order of learned values": (
        _into("columns", 3, "ordered", to=True),
        "ordered: the values are learned, in no order; list them",
    ),
    "an order and a mean": (
        lambda shop: shop["columns"][5].update(ordered=True, encoding="target"),
        "ordered: with encoding: target a label enters as a mean",
    ),
    "an order of the target": (
        _into("columns", 5, "ordered", to=True),
        "target: 'size' has ordered, which says how a feature enters the model; leave it out",
    ),
    "an encoding of the target": (
        _into("columns", 5, "encoding", to="target"),
        "target: 'size' has encoding, which says how a feature enters the model; leave it out",
    ),
    "an encoding of labels that is none": (
        _into("columns", 3, "encoding", to="ordinal"),
        "encoding: Input should be 'onehot' or 'target'",
    ),
    "a warning without a range": (_into("columns", 0, "out_of_range", to="warn"), "out_of_range: "),
    "an example with a fraction": (_into("columns", 1, "example", to=1.5), "not a whole number"),
    "labels that are no list": (
        _into("columns", 5, "values", to=True),
        "columns.5.category.values: list the labels, as values: [LABEL, ...], or write values: any",
    ),
    "another word for any label": (
        _into("columns", 3, "values", to="all"),
        "columns.3.category.values: list the labels, as values: [LABEL, ...], or write values: any",
    ),
    "more labels than a model can have": (
        _into("columns", 5, "values", to=[f"v{number}" for number in range(10_001)]),
        "columns.5.category.values: there are more than 10,000 labels: write values: any",
    ),
    "an offset as large as float32": (_into("columns", 0, "offset", to=1e31), "columns[0].offset"),
    "a version to come": (_into("spec", to=3), "spec: Input should be 1 or 2"),
    "a version that is true": (_into("spec", to=True), "spec: write 1 or 2"),
    "a version with a point": (_into("spec", to=2.0), "spec: write 1 or 2"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_second_version_spec_is_refused_with_key_and_remedy(
    shop: Document, what: str
) -> None:
    change, said = WRONG[what]
    change(shop)

    assert said in refusal(shop)


def test_the_default_null_tokens_can_be_left_out(shop: Document) -> None:
    shop["columns"][5]["values"] = ["a", "b", "c", "NA"]
    shop |= {"default_null_tokens": False, "null_tokens": [""]}

    assert parsed(shop).null_keys == {""}


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


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("mean radius", "write name: mean_radius, aliases: [mean radius]"),
        ("Größe (cm)", 'write name: groesse_cm, aliases: ["Größe (cm)"]'),
        ("2nd", 'write name: x2nd, aliases: ["2nd"]'),
        ("", 'write name: unnamed, aliases: [""]'),
    ],
)
def test_a_header_as_a_name_is_refused_with_the_name_to_write(
    shop: Document, written: str, said: str
) -> None:
    shop["columns"][0]["name"] = written

    message = refusal(shop)

    assert "columns.0.number.name: " in message
    assert said in message


def test_the_shape_of_the_table_does_not_know_what_only_models_and_people_read(
    shop: Document,
) -> None:
    before = parsed(shop)
    shop["columns"][0] |= {"title": "Price", "unit": "EUR", "offset": 100, "optional": True}
    shop["columns"][5] |= {"unknown": "refuse"}
    shop["features"] = ["price"]

    after = parsed(shop)

    assert after.table_digest == before.table_digest
    assert after.digest != before.digest


@pytest.mark.parametrize(
    "change",
    [
        _into("csv", "decimal", to="."),
        _into("null_tokens", to=["-"]),
        _into("columns", 1, "integer", to=False),
        _into("columns", 4, "true", to=["oui"]),
        _into("columns", 2, "zone", to="UTC"),
    ],
    ids=["decimal", "null tokens", "integer", "true", "zone"],
)
def test_the_shape_of_the_table_knows_what_changes_a_row(shop: Document, change: Change) -> None:
    before = parsed(shop).table_digest
    shop["csv"]["thousands"] = "'"
    middle = parsed(shop).table_digest
    change(shop)

    assert len({before, middle, parsed(shop).table_digest}) == 3


def test_the_margin_of_the_first_version_is_refused(shop: Document) -> None:
    shop["gate"] = {"margin": 0.02}

    assert "gate.margin" in refusal(shop)
    assert "leave margin out" in refusal(shop)
    shop["gate"] = {"margin": 0.05, "min_effect": 0.01}
    assert parsed(shop).gate.min_effect == 0.01


def test_how_labels_enter_the_model_changes_no_row_of_the_table(shop: Document) -> None:
    before = parsed(shop)
    shop["columns"][3]["encoding"] = "target"

    after = parsed(shop)

    assert after.table_digest == before.table_digest
    assert after.digest != before.digest


@pytest.mark.parametrize(("key", "value"), [("ordered", False), ("encoding", "onehot")])
def test_an_encoding_that_is_the_default_one_changes_no_digest(
    shop: Document, key: str, value: object
) -> None:
    before = parsed(shop)
    shop["columns"][3][key] = value

    assert parsed(shop).digest == before.digest


def test_more_labels_are_learned_where_each_is_a_mean(shop: Document) -> None:
    del shop["columns"][3]["max_values"]
    plain = parsed(shop).column("town")
    shop["columns"][3]["encoding"] = "target"
    means = parsed(shop).column("town")

    assert isinstance(plain, CategoryColumn)
    assert isinstance(means, CategoryColumn)
    assert (plain.most_values, means.most_values) == (100, 1_000)
