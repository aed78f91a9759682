"""What gives each row its side, and when sides are dealt anew."""

import json
from typing import Any

import pytest

from rookery_core.database.rows_as_of import HELD, rows_as_of
from rookery_core.database.sides import FEATURES, GROUP, KEY, identity_kind, scheme
from rookery_core.database.tables import CONTENT, IDENTITY, REMOVED_BATCH, processed_table
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec

SPECIES = load_catalog()["species"]


def changed(**changes: Any) -> ModelSpec:
    """Makes a spec of the second version."""
    document = SPECIES.model_dump(mode="json") | {"spec": 2} | changes
    return ModelSpec.model_validate_json(json.dumps(document))


def holdout(**changes: Any) -> dict[str, Any]:
    """Writes a hold-out."""
    return SPECIES.holdout.model_dump(mode="json") | changes


SECOND = changed()
GROUPS = changed(
    holdout=holdout(by="group", column="island"),
    features=[name for name in SPECIES.features if name != "island"],
)
FEWER = list(SPECIES.features[1:])


@pytest.mark.parametrize(
    "other",
    [
        changed(holdout=holdout(salt="2")),
        changed(holdout=holdout(fraction=0.3)),
        changed(features=FEWER),
        changed(key=["body_mass_g"]),
        GROUPS,
    ],
    ids=["salt", "fraction", "features", "key", "group"],
)
def test_another_way_of_dealing_is_another_scheme_and_another_table(other: ModelSpec) -> None:
    assert scheme(other) != scheme(SECOND)
    assert other.table_digest != SECOND.table_digest


def test_a_mode_or_a_target_is_another_table_of_the_same_scheme() -> None:
    append = changed(source=SPECIES.source.model_dump(mode="json") | {"mode": "append"})
    keyed = changed(key=["body_mass_g"])
    target = changed(key=["body_mass_g"], target="sex", features=["island", "flipper_length_mm"])

    assert append.table_digest != SECOND.table_digest
    assert scheme(append) == scheme(SECOND)
    assert target.table_digest != keyed.table_digest
    assert scheme(target) == scheme(keyed)


def test_what_decides_no_side_changes_neither() -> None:
    same = changed(features=list(reversed(SPECIES.features)), trials=3, gate={"floor": 0.2})

    assert same.table_digest == SECOND.table_digest
    assert scheme(same) == scheme(SECOND)


@pytest.mark.parametrize(
    ("spec", "kind", "columns"),
    [
        (SECOND, FEATURES, {REMOVED_BATCH, IDENTITY}),
        (changed(key=["body_mass_g"]), KEY, {REMOVED_BATCH, CONTENT}),
        (GROUPS, GROUP, {REMOVED_BATCH, IDENTITY}),
    ],
    ids=["features", "key", "group"],
)
def test_a_row_carries_what_its_side_belongs_to(
    spec: ModelSpec, kind: str, columns: set[str]
) -> None:
    own = {name for column in processed_table(spec).c if (name := column.name).startswith("_")}

    assert identity_kind(spec) == kind
    assert own == {"_row_id", "_batch", "_line", *columns}


def test_a_table_of_the_first_version_is_as_it_was() -> None:
    own = [name for column in processed_table(SPECIES).c if (name := column.name).startswith("_")]

    assert own == ["_row_id", "_batch", "_line"]
    assert [column.name for column in processed_table(SPECIES).primary_key] == ["_row_id"]
    assert HELD not in rows_as_of(SPECIES, 1, ["sex"]).selected_columns
