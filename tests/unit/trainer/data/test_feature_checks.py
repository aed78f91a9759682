"""Features from which nothing can be learned are refused with the true reason."""

import json

import numpy as np
import pytest
from pandas import DataFrame, Series

from rookery_core.manifest import MISSING_CATEGORY
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_trainer.data.feature_checks import feature_findings, float32_findings

COUNT = 200


@pytest.fixture
def spec() -> ModelSpec:
    return load_catalog()["species"].model_copy(update={"features": ("body_mass_g",)})


@pytest.mark.parametrize(
    ("start", "step"), [(1.7e9, 0.3), (16777216.0, 0.001), (-1.7e9, 0.3), (5e6, 1e-4), (0, 1e-50)]
)
def test_numbers_that_are_one_for_a_model_are_refused(
    spec: ModelSpec, start: float, step: float
) -> None:
    cells = Series([None, *(start + step * np.arange(COUNT))])

    (said,) = float32_findings(spec, spec.column("body_mass_g"), cells)

    assert "the 200 different values of 'body_mass_g'" in said
    assert "are one number in float32" in said


@pytest.mark.parametrize("values", [[1.7e9, 1.7e9 + 256], [3750.0, 3750.0], [None, None], [0.1]])
def test_numbers_that_differ_for_a_model_or_nowhere_pass(
    spec: ModelSpec, values: list[float | None]
) -> None:
    assert float32_findings(spec, spec.column("body_mass_g"), Series(values)) == []


def test_rows_that_are_all_held_out_are_not_called_absent(spec: ModelSpec) -> None:
    none = DataFrame({"body_mass_g": np.array([], np.float32)})

    some_rows = DataFrame({"body_mass_g": np.arange(COUNT, dtype=np.float32)})

    (held,), (absent,) = feature_findings(spec, none, some_rows), feature_findings(spec, none, none)

    assert "all 200 rows with a known 'species' are held out" in held
    assert "no training row with a known 'species'; ingest rows" in absent


def test_all_features_that_say_nothing_are_named_at_once() -> None:
    measures = ("bill_length_mm", "bill_depth_mm", "body_mass_g", "island", "sex")
    spec = load_catalog()["species"].model_copy(update={"features": measures})
    training = DataFrame(
        {
            "bill_length_mm": np.array([1, 2, 3], np.float32),
            "bill_depth_mm": np.array([7, 7, np.nan], np.float32),
            "body_mass_g": np.array([np.nan] * 3, np.float32),
            "island": ["Dream"] * 3,
            "sex": ["MALE", MISSING_CATEGORY, "MALE"],
        }
    )

    missing, constant = feature_findings(spec, training, training)

    assert "the feature 'body_mass_g' of 'species' is missing in all 3 training rows" in missing
    assert "the features 'bill_depth_mm', 'island' of 'species' are the same in all 3" in constant


@pytest.mark.parametrize(
    ("values", "offset", "told_apart"),
    [
        (1.7e9 + np.arange(1000.0), 0.0, False),
        (1.7e9 + np.arange(1000.0), 1.7e9, True),
        (2.0**24 + np.arange(10.0), 0.0, False),
        (1e6 + np.linspace(0, 1, 500), 0.0, False),
        (np.random.default_rng(1).uniform(0, 1, 20_000), 0.0, True),
        (np.random.default_rng(1).integers(0, 10**9, 2_000).astype(float), 0.0, True),
        (np.array([1.0, 2.0, np.nan]), 0.0, True),
    ],
)
def test_under_the_second_version_most_values_must_be_told_apart(
    values: np.ndarray, offset: float, told_apart: bool
) -> None:
    spec = parse_spec(
        json.dumps(
            {
                "spec": 2,
                "name": "m",
                "source": {"url": "file:m.csv"},
                "columns": [
                    {"name": "x", "kind": "number", "offset": offset},
                    {"name": "y", "kind": "boolean"},
                ],
                "target": "y",
                "features": ["x"],
                "estimator": "random_forest",
            }
        ),
        "m",
    )

    said = float32_findings(spec, spec.column("x"), Series(values))

    assert (said == []) is told_apart
    if not told_apart:
        assert "set offset: " in said[0]
        assert "a datetime or a category" in said[0]


def test_a_feature_that_differs_in_the_hold_out_alone_is_no_finding_of_the_second_version() -> None:
    first = load_catalog()["species"].model_copy(update={"features": ("body_mass_g",)})
    second = first.model_copy(update={"spec": 2})
    same, other = (
        DataFrame({"body_mass_g": np.array([7, 7, last], np.float32)}) for last in (7, 8)
    )

    assert len(feature_findings(first, same, other)) == 1
    assert feature_findings(second, same, other) == []
    assert len(feature_findings(second, same, same)) == 1
