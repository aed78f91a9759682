"""The feature table: one matrix of all that a model takes."""

from collections.abc import Mapping

import numpy as np

from rookery_core.contract import (
    BooleanFeature,
    CategoryFeature,
    Contract,
    DatetimeFeature,
    NumberFeature,
)
from rookery_core.feature_table import FeatureTable
from rookery_core.manifest import MISSING_CATEGORY as MISSING
from rookery_core.model_columns import RequestValue, model_columns, model_values

TOWN = CategoryFeature(
    name="town", values=("Rom", "Ulm"), unknown="accept", optional=True, example="Rom"
)
STAMP = NumberFeature(name="stamp", offset=1.7e9, optional=True, example=1.7e9)
CONTRACT = Contract(
    model="shop",
    title="Shop",
    target="t",
    features=(
        DatetimeFeature(name="day", origin="2026-01-01", optional=True, example="2026-01-01"),
        BooleanFeature(name="open", optional=True),
        TOWN,
        NumberFeature(name="size", optional=True, example=1),
        STAMP,
    ),
    classes=("a", "b"),
    folded_names=True,
)
ROWS: tuple[Mapping[str, RequestValue], ...] = (
    {"day": "2026-01-03T05:00", "open": True, "town": "Ulm", "size": 0.1, "stamp": 1.7e9 + 3},
    {"day": None, "open": False, "town": "Paris", "size": 16777217, "stamp": None},
    {"open": None},
)
NAN = np.nan


def test_every_kind_has_its_columns_and_what_is_missing_is_nan() -> None:
    table = FeatureTable(CONTRACT).of_rows(ROWS)

    assert table.dtype == np.float32
    assert table.shape == (3, len(model_columns(CONTRACT)))
    np.testing.assert_array_equal(
        table[:, 6:],
        np.array([[1, 1, 0.1, 3], [0, -1, 16777217, NAN], [NAN, NAN, NAN, NAN]], dtype=np.float32),
    )
    np.testing.assert_array_equal(table[0, :6], np.array([2026, 1, 3, 5, 5, 2], dtype=np.float32))
    assert np.isnan(table[1:, :6]).all()


def test_rows_and_columns_give_the_same_table() -> None:
    columns = {
        name: values.reshape(-1, 1)
        for feature in CONTRACT.features
        for name, values in model_values(feature, [row.get(feature.name) for row in ROWS]).items()
    }

    table = FeatureTable(CONTRACT).of_columns(columns)

    np.testing.assert_array_equal(table, FeatureTable(CONTRACT).of_rows(ROWS))


def test_the_text_that_stands_for_a_missing_label_is_an_unknown_one_in_a_request() -> None:
    place = [name for name, _ in model_columns(CONTRACT)].index("town")

    table = FeatureTable(CONTRACT).of_rows([{"town": MISSING}, {"town": ""}])

    assert table[:, place].tolist() == [-1, -1]


def test_no_rows_are_a_table_without_rows() -> None:
    assert FeatureTable(CONTRACT).of_rows([]).shape == (0, len(model_columns(CONTRACT)))
