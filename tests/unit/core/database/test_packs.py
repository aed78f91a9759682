"""A table that is too wide for a column each keeps its values in arrays, and no other does."""

import json
from typing import Any

import pytest
from sqlalchemy import select
from tests.some import some

from rookery_core.database.packs import own_columns, packs
from rookery_core.database.tables import processed_table, values
from rookery_core.errors import Refused
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.column_checks import MOST_COLUMNS
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec

Columns = list[dict[str, Any]]
TARGET = {"name": "kind", "kind": "category", "values": ["a", "b"]}


def spec_of(columns: Columns, **keys: Any) -> ModelSpec:
    """Makes a spec of these columns and a target."""
    document = {
        "spec": 2,
        "name": "wide",
        "source": {"url": "file:/wide.csv"},
        "columns": [*columns, TARGET],
        "target": "kind",
        "features": "all",
        **keys,
    }
    return parse_spec(json.dumps(document), "wide")


def numbers(count: int) -> Columns:
    """Describes columns of numbers."""
    return [{"name": f"n{at}", "kind": "number"} for at in range(count)]


@pytest.mark.parametrize("spec", load_catalog().values(), ids=lambda spec: spec.name)
def test_a_table_that_fits_has_a_column_for_each_value(spec: ModelSpec) -> None:
    assert packs(spec) == ()
    assert own_columns(spec) == spec.columns


def test_a_table_is_packed_only_where_a_row_does_not_fit() -> None:
    assert not spec_of(numbers(980)).is_packed
    assert spec_of(numbers(1_020)).is_packed
    assert not spec_of([{"name": f"b{n}", "kind": "boolean"} for n in range(1_500)]).is_packed
    assert spec_of([{"name": f"b{n}", "kind": "boolean"} for n in range(1_700)]).is_packed


def test_values_of_one_kind_are_one_array_in_the_order_of_the_spec() -> None:
    others = [
        {"name": "day", "kind": "datetime"},
        {"name": "town", "kind": "category", "values": "any"},
        {"name": "member", "kind": "boolean"},
        {"name": "seen", "kind": "datetime", "zone": "Europe/Berlin"},
    ]
    spec = spec_of([*others, *numbers(2_000)])

    found = {pack.name: [column.name for column in pack.columns] for pack in packs(spec)}

    assert found == {
        "_moments": ["day"],
        "_labels": ["town"],
        "_booleans": ["member"],
        "_zoned_moments": ["seen"],
        "_numbers": [f"n{at}" for at in range(2_000)],
    }
    table = processed_table(spec)
    assert [column.name for column in table.c if not column.name.startswith("_")] == ["kind"]
    query = select(values(spec, table)["n7"]).compile()
    assert "wide._numbers[" in str(query)
    assert list(query.params.values()) == [8]


def test_what_sides_are_dealt_by_has_a_column() -> None:
    columns = [{"name": "day", "kind": "datetime"}, *numbers(1_500)]

    spec = spec_of(columns, holdout={"by": "time", "column": "day"}, features={"except": ["day"]})

    assert [column.name for column in own_columns(spec)] == ["day", "kind"]


def test_a_spec_with_more_columns_than_a_table_may_have_is_refused_with_the_remedy() -> None:
    with pytest.raises(Refused, match="move those that are not features to ignore") as refused:
        spec_of(numbers(MOST_COLUMNS))

    for fact in some(["2,048", "2049"]):
        assert fact in str(refused.value)
