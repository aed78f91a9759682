"""Features become the columns that a model takes."""

import numpy as np
import pytest
from pydantic import ValidationError

from rookery_core.contract import (
    BooleanFeature,
    CategoryFeature,
    Contract,
    DatetimeFeature,
    NumberFeature,
)
from rookery_core.manifest import MISSING_CATEGORY, GoldenPrediction, Manifest
from rookery_core.model_columns import UNKNOWN, model_columns, model_values

NUMBER = NumberFeature(name="size", example=1)
BOOLEAN = BooleanFeature(name="open", optional=True)
TOWN = CategoryFeature(name="town", values=("Rom",), unknown="accept", example="Rom")
DAY = DatetimeFeature(name="day", origin="2026-01-01", example="2026-01-01")
CONTRACT = Contract(
    model="shop",
    title="Shop",
    target="t",
    features=(DAY, BOOLEAN, TOWN, NUMBER),
    classes=("a", "b"),
    folded_names=True,
)


def test_a_model_takes_a_moment_by_its_parts() -> None:
    columns = model_columns(CONTRACT)

    assert [name for name, _ in columns] == [
        *("day.year", "day.month", "day.day_of_year", "day.weekday", "day.hour", "day.days"),
        *("open", "town", "size"),
    ]
    assert [name for name, is_text in columns if is_text] == ["town"]


def test_the_values_have_the_columns_of_the_model() -> None:
    found: dict[str, object] = {}
    for feature, values in (
        (DAY, ["2026-01-03T05:00"]),
        (BOOLEAN, [True]),
        (TOWN, ["Rom"]),
        (NUMBER, [1]),
    ):
        found |= model_values(feature, values)

    assert list(found) == [name for name, _ in model_columns(CONTRACT)]


def test_a_boolean_is_a_number_or_missing() -> None:
    np.testing.assert_array_equal(
        model_values(BOOLEAN, [True, False, None])["open"],
        np.array([1, 0, np.nan], dtype=np.float32),
    )


def test_a_label_that_the_model_does_not_know_is_unknown_and_never_missing() -> None:
    texts = model_values(TOWN, ["Rom", "rom", None, MISSING_CATEGORY, ""])["town"].tolist()

    assert texts == ["Rom", UNKNOWN, MISSING_CATEGORY, UNKNOWN, UNKNOWN]


def test_an_offset_is_subtracted_before_digits_are_lost() -> None:
    seconds = NumberFeature(name="seconds", offset=1.7e9, example=0)

    values = model_values(seconds, [1_700_000_001, 1_700_000_002.5, None])["seconds"]

    np.testing.assert_array_equal(values, np.array([1, 2.5, np.nan], dtype=np.float32))


@pytest.mark.parametrize("name", ["DAY", " day ", "Tag"])
def test_a_feature_is_found_by_its_aliases_in_any_case(name: str) -> None:
    day = DAY.model_copy(update={"aliases": ("tag",)})
    contract = CONTRACT.model_copy(update={"features": (day, NUMBER)})

    assert contract.find(name) == "day"
    assert contract.model_copy(update={"folded_names": False}).find(name) is None


def manifest(form: int, contract: Contract) -> Manifest:
    golden = GoldenPrediction(inputs={}, label="a", probabilities=(1, 0))
    return Manifest.model_validate(
        {
            "format": form,
            "contract": contract,
            "model_sha256": "0" * 64,
            "model_bytes": 1,
            "estimator": "random_forest",
            "parameters": {},
            "metrics": {},
            "metric": "log_loss",
            "data_digest": "d",
            "training_rows": 1,
            "holdout_rows": 1,
            "spec_digest": "0" * 64,
            "sweep_id": "s",
            "run_id": "r",
            "trained_at": "t",
            "golden": (golden,),
        }
    )


@pytest.mark.parametrize(
    "feature",
    [
        NUMBER,
        BOOLEAN,
        TOWN,
        DAY,
        NumberFeature(name="n", minimum=0, maximum=1, integer=True, example=1),
        NumberFeature(name="n", minimum=0, maximum=1, offset=1, example=1),
        CategoryFeature(name="c", aliases=("C",), values=("x",), example="x"),
    ],
    ids=lambda feature: f"{feature.kind} {feature.name}",
)
def test_what_the_first_version_lacks_needs_format_2(feature: NumberFeature) -> None:
    contract = CONTRACT.model_copy(update={"features": (feature,), "folded_names": False})

    with pytest.raises(ValidationError, match=r"contract\.features\[0\] needs format 2"):
        manifest(1, contract)

    assert manifest(2, contract).format == 2


def test_a_manifest_of_format_2_survives_json() -> None:
    written = manifest(2, CONTRACT)

    assert Manifest.model_validate_json(written.model_dump_json()) == written
