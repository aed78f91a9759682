"""Answers to many rows, block by block."""

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from tests.some import some

from rookery_trainer.model.row_blocks import BLOCK, in_blocks


@pytest.mark.parametrize("rows", [1, 2, BLOCK, BLOCK + 1, 2 * BLOCK + 1, 3 * BLOCK])
def test_every_row_is_answered_once_in_order_and_none_alone(rows: int) -> None:
    frame = pd.DataFrame({"x": np.arange(rows, dtype=np.float64)})
    seen: list[int] = []

    def answer(block: pd.DataFrame) -> NDArray[np.float64]:
        seen.append(len(block))
        return np.column_stack([block["x"], -block["x"]])

    told = in_blocks(answer, frame)

    assert np.array_equal(told, np.column_stack([frame["x"], -frame["x"]]))
    assert max(some(seen)) <= BLOCK
    assert max(seen) - min(seen) <= 1
