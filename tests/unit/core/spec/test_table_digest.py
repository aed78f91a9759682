"""The digest of a table: what changes a row, and what only models and people read."""

import pytest
from tests.unit.core.support.second_version import (
    Change,
    Document,
    into,
    parsed,
)


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
        into("csv", "decimal", to="."),
        into("null_tokens", to=["-"]),
        into("columns", 1, "integer", to=False),
        into("columns", 4, "true", to=["oui"]),
        into("columns", 2, "zone", to="UTC"),
    ],
    ids=["decimal", "null tokens", "integer", "true", "zone"],
)
def test_the_shape_of_the_table_knows_what_changes_a_row(shop: Document, change: Change) -> None:
    before = parsed(shop).table_digest
    shop["csv"]["thousands"] = "'"
    middle = parsed(shop).table_digest
    change(shop)

    assert len({before, middle, parsed(shop).table_digest}) == 3


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
