"""Specs of the second version that are refused, with key and remedy."""

from collections.abc import Mapping

import pytest
from tests.unit.core.support.second_version import (
    Change,
    Document,
    into,
    parsed,
    refusal,
)

WRONG: Mapping[str, tuple[Change, str]] = {
    "a loss of classes": (into("loss", to="squared"), "loss: only a target of kind number has"),
    "a logarithm of classes": (into("transform", to="log"), "transform: only a target of kind n"),
    "another loss": (into("loss", to="huber"), "loss: Input should be 'squared' or 'absolute'"),
    "a metric of numbers": (
        into("metric", to="rmse"),
        "metric: rmse is no metric of classes, which 'size' has; write one of: accuracy, ",
    ),
    "a selection by a metric of numbers": (into("select_by", to="r2"), "select_by: r2 is no met"),
    "another calibration": (into("calibrate", to="isotonic"), "calibrate: Input should be 'auto'"),
    "a target that is a datetime": (into("target", to="day"), "target: 'day' is a datetime"),
    "a target without listed labels": (
        into("target", to="town"),
        "target: 'town' has values: any, and the labels of a target have to be listed",
    ),
    "a merged label that is none": (
        into("rare", to={"merge": ["d"], "into": "x"}),
        "rare.merge: 'd' is not a label of the target",
    ),
    "labels merged into one class": (
        into("rare", to={"merge": ["a", "b", "c"], "into": "x"}),
        "rare.merge: fewer than two classes remain",
    ),
    "a dropped label that is none": (into("rare", to={"drop": ["d"]}), "rare.drop: 'd' is not"),
    "another word for rare": (into("rare", to="merge"), "rare: Input should be 'refuse'"),
    "an exception that is no column": (
        into("features", to={"except": ["tuwn"]}),
        "features: except: 'tuwn' is not a column",
    ),
    "another word for features": (into("features", to="every"), "features: write a list"),
    "no feature left": (
        into("features", to={"except": ["price", "items", "day", "town", "open"]}),
        "features: Tuple should have at least 1 item",
    ),
    "an ignored column of the spec": (
        into("ignore", to=[" PRICE "]),
        "ignore[0]: ' PRICE ' is a column of the spec",
    ),
    "one header ignored twice": (into("ignore", to=["a", "A"]), "ignore: ['a'] stand more"),
    "a group that is no column": (
        into("holdout", to={"by": "group", "column": "house"}),
        "holdout.column: 'house' is not a column",
    ),
    "a group without a column": (into("holdout", to={"by": "group"}), "column: by: group needs"),
    "a column for the hash": (into("holdout", to={"column": "day"}), "column: with by: hash"),
    "a time that is a number": (
        into("holdout", "column", to="price"),
        "holdout.column: by: time needs a column of kind datetime, and 'price' is a number",
    ),
    "the target as the group": (
        into("holdout", to={"by": "group", "column": "size"}),
        "holdout.column: the target cannot",
    ),
    "an embargo of groups": (
        into("holdout", to={"by": "group", "column": "town", "embargo": "1d"}),
        "embargo: only by: time",
    ),
    "an embargo in no unit": (into("holdout", "embargo", to="7"), "holdout.embargo"),
    "an encoding that is none": (into("csv", "encoding", to="klingon"), "encoding: 'klingon'"),
    "an encoding of pairs of bytes": (into("csv", "encoding", to="utf-16"), "save a file of UTF"),
    "two marks alike": (into("csv", "thousands", to=","), "decimal and thousands are both"),
    "a delimiter that is a letter": (into("csv", "delimiter", to="x"), "delimiter: 'x' cannot"),
    "a dialect of no CSV": (
        into("source", to={"url": "file:shop.parquet"}),
        "csv: the source 'file:shop.parquet' is not a CSV",
    ),
    "a query of a file": (into("source", "query", to="SELECT 1"), "query: only a postgresql://"),
    "a database without a query": (into("source", "url", to="postgresql://h/d"), "query: a postg"),
    "a password in the address": (
        into("source", to={"url": "postgresql://u:p@h/d", "query": "SELECT 1"}),
        "url: a user or a password may not stand in the spec",
    ),
    "parameters in the address": (
        into("source", to={"url": "postgresql://h/d?sslmode=disable", "query": "SELECT 1"}),
        "url: a PostgreSQL source is written",
    ),
    "a format without a day": (
        into("columns", 2, "format", to="%H:%M"),
        "does not tell a day or a month",
    ),
    "a directive that is none": (into("columns", 2, "format", to="%Y-%m-%d %q"), "'%q'"),
    "an hour of twelve alone": (into("columns", 2, "format", to="%Y-%m-%d %I"), "add %p"),
    "a zone that is none": (into("columns", 2, "zone", to="Berlin"), "zone: 'Berlin' is not"),
    "an offset without a zone": (
        into("columns", 2, to={"name": "day", "kind": "datetime", "format": "%Y-%m-%d %z"}),
        "format: %z reads an offset; add zone",
    ),
    "an origin that is no day": (into("columns", 2, "origin", to="2026"), "origin: '2026' is not"),
    "a text both true and false": (
        into("columns", 4, "false", to=["Nein", "JA"]),
        "true and false share ['ja']",
    ),
    "a text both true and missing": (
        into("columns", 4, "true", to=["?"]),
        "columns[4].true: '?' also means \"missing\" by null_tokens",
    ),
    "a label that a default token means": (
        into("columns", 5, "values", to=["a", "b", "c", "NA"]),
        "default_null_tokens: false",
    ),
    "a bound of listed values": (into("columns", 5, "max_values", to=5), "max_values: the values"),
    "an order of learned values": (
        into("columns", 3, "ordered", to=True),
        "ordered: the values are learned, in no order; list them",
    ),
    "an order and a mean": (
        lambda shop: shop["columns"][5].update(ordered=True, encoding="target"),
        "ordered: with encoding: target a label enters as a mean",
    ),
    "an order of the target": (
        into("columns", 5, "ordered", to=True),
        "target: 'size' has ordered, which says how a feature enters the model; leave it out",
    ),
    "an encoding of the target": (
        into("columns", 5, "encoding", to="target"),
        "target: 'size' has encoding, which says how a feature enters the model; leave it out",
    ),
    "an encoding of labels that is none": (
        into("columns", 3, "encoding", to="ordinal"),
        "encoding: Input should be 'onehot' or 'target'",
    ),
    "a warning without a range": (into("columns", 0, "out_of_range", to="warn"), "out_of_range: "),
    "an example with a fraction": (into("columns", 1, "example", to=1.5), "not a whole number"),
    "labels that are no list": (
        into("columns", 5, "values", to=True),
        "columns.5.category.values: list the labels, as values: [LABEL, ...], or write values: any",
    ),
    "another word for any label": (
        into("columns", 3, "values", to="all"),
        "columns.3.category.values: list the labels, as values: [LABEL, ...], or write values: any",
    ),
    "more labels than a model can have": (
        into("columns", 5, "values", to=[f"v{number}" for number in range(10_001)]),
        "columns.5.category.values: there are more than 10,000 labels: write values: any",
    ),
    "an offset as large as float32": (into("columns", 0, "offset", to=1e31), "columns[0].offset"),
    "a version to come": (into("spec", to=3), "spec: Input should be 1 or 2"),
    "a version that is true": (into("spec", to=True), "spec: write 1 or 2"),
    "a version with a point": (into("spec", to=2.0), "spec: write 1 or 2"),
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


def test_the_margin_of_the_first_version_is_refused(shop: Document) -> None:
    shop["gate"] = {"margin": 0.02}

    assert "gate.margin" in refusal(shop)
    assert "leave margin out" in refusal(shop)
    shop["gate"] = {"margin": 0.05, "min_effect": 0.01}
    assert parsed(shop).gate.min_effect == 0.01
