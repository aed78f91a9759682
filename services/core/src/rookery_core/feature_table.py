"""The feature table: all that a model takes of its rows, as one float32 matrix.

Its columns are those of `model_columns`, in their order. A number is itself, a boolean is 0 or 1, a
moment is its parts, and a category is the position of its label among the contract's. NaN is
missing, -1 a label that the model does not know.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rookery_core.contract import CategoryFeature, Contract, DatetimeFeature, NumberFeature
from rookery_core.model_columns import RequestValue, model_columns, model_values
from rookery_core.spec.columns import MISSING

TABLE = "features"
"""The name of the input of a model that takes a feature table."""
UNKNOWN_CODE = -1.0
Table = NDArray[np.float32]
"""[N, columns]."""


class FeatureTable:
    """Makes the feature tables of one contract."""

    def __init__(self, contract: Contract) -> None:
        names = [column.name for column in model_columns(contract)]
        places = {name: place for place, name in enumerate(names)}
        self._names = names
        self._codes = {
            places[feature.name]: _codes(feature)
            for feature in contract.features
            if isinstance(feature, CategoryFeature)
        }
        self._offsets = {
            places[feature.name]: feature.offset
            for feature in contract.features
            if isinstance(feature, NumberFeature) and feature.offset
        }
        self._places = places
        self._moments = [
            feature for feature in contract.features if isinstance(feature, DatetimeFeature)
        ]

    def of_rows(self, rows: Sequence[Mapping[str, RequestValue]]) -> Table:
        """Makes the table of rows that keep to the contract; None is missing.

        Raises:
            NotADatetime: a text is no moment.
        """
        # Lists, and one array of them: an array for each column would take most of a row's time.
        cells = [[row.get(name) for name in self._names] for row in rows]
        for place, codes in self._codes.items():
            for line in cells:
                line[place] = codes.get(line[place], UNKNOWN_CODE)
        for place, offset in self._offsets.items():
            for line in cells:
                if (value := line[place]) is not None:
                    line[place] = value - offset  # type: ignore[operator]
        # NumPy makes None NaN.
        table = np.array(cells, dtype=np.float32).reshape(len(rows), len(self._names))
        for feature in self._moments:
            parts = model_values(feature, [row.get(feature.name) for row in rows])
            for name, values in parts.items():
                table[:, self._places[name]] = values
        return table

    def of_columns(self, columns: Mapping[str, NDArray[np.generic]]) -> Table:
        """Makes the table of the model's columns [N] or [N, 1], as `model_values` has them."""
        length = len(next(iter(columns.values())))
        table = np.empty((length, len(self._names)), dtype=np.float32)
        for place, name in enumerate(self._names):
            values = columns[name].reshape(-1)
            codes = self._codes.get(place)
            if codes is not None:
                # Of a request, `MISSING` is a text like any other; here it stands for none.
                texts = (None if text == MISSING else text for text in values.tolist())
                values = np.array([codes.get(text, UNKNOWN_CODE) for text in texts])
            table[:, place] = values
        return table


def _codes(feature: CategoryFeature) -> dict[RequestValue, float]:
    codes: dict[RequestValue, float] = {
        label: float(place) for place, label in enumerate(feature.values)
    }
    return {**codes, None: np.nan}
