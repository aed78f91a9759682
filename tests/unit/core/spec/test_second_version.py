"""`spec: 2`: what it adds, and that without it nothing new is taken."""

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest
from tests.unit.core.support.second_version import (
    Change,
    Document,
    boolean_target,
    into,
    number_target,
    parsed,
    refusal,
)

from rookery_core.spec.columns import CategoryColumn
from rookery_core.spec.estimators import SEARCHABLE
from rookery_core.spec.spec_yaml import parse_spec


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


def test_aboolean_target_has_two_classes(shop: Document) -> None:
    boolean_target(shop)

    assert parsed(shop).classes == ("false", "true")


def test_dropped_labels_are_no_classes(shop: Document) -> None:
    shop["rare"] = {"drop": ["a"]}

    spec = parsed(shop)

    assert spec.classes == ("b", "c")
    assert spec.class_of("a") is None


NEW_KEYS: Mapping[str, Change] = {
    "extra_columns": into("extra_columns", to="keep"),
    "ignore": into("ignore", to=["x"]),
    "csv": into("csv", to={"delimiter": ";"}),
    "default_null_tokens": into("default_null_tokens", to=False),
    "rare": into("rare", to="refuse"),
    "class_weight": lambda document: document.update(
        class_weight="none", target="colour", features=["petal"]
    ),
    "weight": lambda document: document.update(weight="petal", features=["colour"]),
    "loss": number_target(loss="squared"),
    "transform": number_target(transform="log"),
    "select_by": into("select_by", to="accuracy"),
    "calibrate": into("calibrate", to="auto"),
    "metric": into("metric", to="roc_auc"),
    "source.mode": into("source", "mode", to="append"),
    "source.url": into("source", to={"url": "postgresql://h/d", "query": "SELECT 1"}),
    "source.query": into("source", to={"url": "postgresql://h/d", "query": "SELECT 1"}),
    "holdout.by": into("holdout", to={"by": "group", "column": "colour"}),
    "holdout.column": into("holdout", to={"by": "group", "column": "colour"}),
    "columns[0].integer": into("columns", 0, "integer", to=True),
    "columns[0].offset": into("columns", 0, "offset", to=5),
    "columns[0].out_of_range": into("columns", 0, "out_of_range", to="warn"),
    "columns[0].range": lambda document: document["columns"][0].pop("range"),
    "columns[1].values": into("columns", 1, "values", to="any"),
    "columns[1].unknown": into("columns", 1, "unknown", to="accept"),
    "columns[1].ordered": into("columns", 1, "ordered", to=True),
    "columns[1].encoding": into("columns", 1, "encoding", to="target"),
    "columns[1].kind": into("columns", 1, to={"name": "colour", "kind": "boolean"}),
    "features": into("features", to="all"),
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


def test_more_labels_are_learned_where_each_is_a_mean(shop: Document) -> None:
    del shop["columns"][3]["max_values"]
    plain = parsed(shop).column("town")
    shop["columns"][3]["encoding"] = "target"
    means = parsed(shop).column("town")

    assert isinstance(plain, CategoryColumn)
    assert isinstance(means, CategoryColumn)
    assert (plain.most_values, means.most_values) == (100, 1_000)
