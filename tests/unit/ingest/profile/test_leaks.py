"""Leaks: a column that alone gives the target away is left out, and named with the number."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.some import some
from tests.unit.ingest.support.tables import Cells, profiled

N = 600
RANDOM = np.random.default_rng(7)
CLASS = RANDOM.integers(0, 2, N)
STARS = RANDOM.integers(1, 6, N)
NOISE = RANDOM.normal(size=N).round(3)


@pytest.mark.parametrize(
    ("leak", "target"),
    [
        (CLASS, CLASS),
        (CLASS * 3.5 + 0.5, CLASS),
        (np.where(CLASS, "left", "stays"), CLASS),
        (CLASS * 10 + NOISE, CLASS),
        (-np.exp(CLASS * 4 + NOISE / 10).round(4), CLASS),
        (np.where(CLASS, RANDOM.integers(1, 9, N).astype(str), ""), CLASS),
        (STARS * 20, STARS),
        (np.array(["", "one", "two", "three", "four", "five"])[STARS], STARS),
        (STARS + NOISE / 100, STARS),
        (STARS > 3, STARS),
    ],
    ids=[
        "copy",
        "scaled copy",
        "text form",
        "nearly",
        "monotone",
        "missing of one class",
        "copy of five",
        "words of five",
        "five with noise",
        "boolean of five",
    ],
)
def test_a_leak_is_left_out_and_named(
    tmp_path: Path, leak: NDArray[Any], target: NDArray[Any]
) -> None:
    found = profiled(tmp_path, {"noise": NOISE, "leak": leak, "target": target})

    assert [each.role for each in found.decisions] == ["feature", "leak", "target"]
    assert f"{N} rows" in found.decisions[1].reason


@pytest.mark.parametrize("rows", [10, 29])
def test_below_thirty_rows_nothing_is_named(tmp_path: Path, rows: int) -> None:
    target = np.arange(rows) % 2
    columns: dict[str, Cells] = {"noise": NOISE[:rows], "copy": target, "target": target}

    found = profiled(tmp_path, columns)

    assert found.decisions[1].role == "feature"


@pytest.mark.parametrize("seed", range(5))
def test_columns_that_only_help_are_no_leaks(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    target = random.integers(0, 3, N)
    columns: dict[str, Cells] = {
        "strong": target + random.normal(0, 0.35, N).round(4),
        "town": [f"town {number}" for number in random.integers(0, 200, N)],
        "flag": np.where(random.random(N) < 0.93, target > 0, target == 0),
        "target": target,
    }

    found = profiled(tmp_path, columns)

    for each in some(found.decisions[:-1]):
        assert each.role == "feature", each.reason


def test_three_classes_of_which_one_is_told_apart_are_no_leak(tmp_path: Path) -> None:
    target = RANDOM.integers(0, 3, N)
    columns: dict[str, Cells] = {
        "petal": np.where(target == 0, 1, 5) + NOISE / 10,
        "target": target,
    }

    assert profiled(tmp_path, columns).decisions[0].role == "feature"
