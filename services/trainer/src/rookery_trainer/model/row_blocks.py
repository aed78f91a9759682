"""Answers to many rows, block by block: what a block makes of its rows is the memory it takes."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BLOCK = 16_384
"""The most rows of a block."""


def in_blocks(
    answer: Callable[[pd.DataFrame], NDArray[np.float64]], rows: pd.DataFrame
) -> NDArray[np.float64]:
    """Returns what `answer` makes of blocks of the rows, one after the other.

    The blocks are equally long, but for a row: of one row alone a library may calculate otherwise.
    """
    number = max(1, math.ceil(len(rows) / BLOCK))
    bounds = np.linspace(0, len(rows), number + 1).astype(int)
    return np.concatenate([answer(rows.iloc[start:end]) for start, end in pairwise(bounds)])
