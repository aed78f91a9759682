"""Tests of `rookery_runtime.prediction.input_columns`: rows become one column for each feature."""

import numpy as np
import pytest

from rookery_core.contract import CategoryFeature, Contract, Feature, NumberFeature
from rookery_core.manifest import MISSING_CATEGORY
from rookery_runtime.prediction.input_columns import Row, columns_of

MASS = NumberFeature(name="mass", minimum=0, maximum=1e6, optional=True, example=1)
SIZE = NumberFeature(name="size", minimum=0, maximum=1e6, optional=True, example=1)
SEX = CategoryFeature(name="sex", values=("female", "male"), optional=True, example="male")


def contract(*features: Feature) -> Contract:
    """A contract of these features."""
    return Contract(model="any", title="", target="t", features=features, classes=("a", "b"))


def test_columns_hold_each_row_s_value_and_keep_what_is_missing_apart() -> None:
    rows: list[Row] = [
        {"size": 3, "mass": 0.1, "sex": "male"},
        {"mass": None, "sex": None, "size": 16777217},
        {"size": 2.5},
    ]

    columns = columns_of(contract(MASS, SEX, SIZE), rows)

    assert columns.keys() == {"mass", "size", "sex"}
    assert columns["sex"].tolist() == [["male"], [MISSING_CATEGORY], [MISSING_CATEGORY]]
    assert columns["sex"].dtype == object
    for name, expected in {
        "mass": [[np.float32(0.1)], [np.nan], [np.nan]],
        "size": [[3], [np.float32(16777217)], [2.5]],
    }.items():
        np.testing.assert_array_equal(columns[name], np.array(expected, dtype=np.float32))
        assert columns[name].dtype == np.float32
        assert columns[name].flags.c_contiguous


@pytest.mark.parametrize("features", [(SEX,), (MASS,), (MASS, SIZE), (SEX, MASS)])
def test_columns_are_those_of_the_contract_whatever_their_kinds(
    features: tuple[Feature, ...],
) -> None:
    columns = columns_of(contract(*features), [{}])

    assert columns.keys() == {feature.name for feature in features}
    assert {column.shape for column in columns.values()} == {(1, 1)}
