"""The inputs of an inference request: how many rows their shapes say."""

import pytest

from rookery_api.base.problems import Problem
from rookery_api.protocols.v2.request import row_count


@pytest.mark.parametrize("shape", [[3], [3, 1]])
def test_a_shape_is_of_rows_or_of_a_column(shape: list[int]) -> None:
    assert row_count(shape) == 3


@pytest.mark.parametrize(
    "shape",
    [[], [0], [0, 1], [3, 2], [3, 0], [3, 1, 1], [-3, 1], [True], [3.0], ["3"], "3", 3, None],
)
def test_any_other_shape_is_refused(shape: object) -> None:
    with pytest.raises(Problem, match="N at least 1"):
        row_count(shape)
