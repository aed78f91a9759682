"""Leaks of a number: a column that alone gives it away is left out, and named with its R2."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.some import some
from tests.unit.ingest.support.tables import Cells, profiled

N = 600
RANDOM = np.random.default_rng(7)
PRICE = RANDOM.lognormal(3, 1, N).round(3)
NOISE = RANDOM.normal(size=N).round(3)
ROUND = RANDOM.choice([12.5, 20.25, 33.125, 40.5], N)
TENTH = np.searchsorted(np.quantile(PRICE, np.linspace(0.1, 0.9, 9)), PRICE)


@pytest.mark.parametrize(
    ("leak", "target"),
    [
        (PRICE, PRICE),
        (PRICE * 7 + 3, PRICE),
        (np.log(PRICE).round(5), PRICE),
        (-PRICE.round(0), PRICE),
        (PRICE + NOISE / 50, PRICE),
        (np.where(RANDOM.random(N) < 0.3, "", (PRICE * 2).astype(str)), PRICE),
        (np.char.add("for ", ROUND.astype(str)), ROUND),
        (TENTH, PRICE),
        (np.char.add("tenth ", TENTH.astype(str)), PRICE),
        (np.median(PRICE) < PRICE, PRICE),
        (np.minimum(PRICE.argsort().argsort() // 66, 9) + (PRICE.max() == PRICE), PRICE),
    ],
    ids=[
        "copy",
        "in other money",
        "logarithm",
        "rounded",
        "nearly",
        "of some rows",
        "words",
        "tenths",
        "words of tenths",
        "above the median",
        "tenths, and one alone",
    ],
)
def test_a_leak_is_left_out_and_named(
    tmp_path: Path, leak: NDArray[Any], target: NDArray[Any]
) -> None:
    found = profiled(tmp_path, {"noise": NOISE, "leak": leak, "target": target}, "number")

    assert [each.role for each in found.decisions] == ["feature", "leak", "target"]
    assert f"{N} rows" in found.decisions[1].reason


@pytest.mark.parametrize("rows", [10, 29])
def test_below_thirty_rows_nothing_is_named(tmp_path: Path, rows: int) -> None:
    target = PRICE[:rows]
    columns: dict[str, Cells] = {"noise": NOISE[:rows], "copy": target * 2, "target": target}

    found = profiled(tmp_path, columns, "number")

    assert found.decisions[1].role == "feature"


@pytest.mark.parametrize("seed", range(5))
def test_columns_that_only_help_are_no_leaks(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    target = random.normal(50, 10, N).round(3)
    columns: dict[str, Cells] = {
        "strong": (target + random.normal(0, 2, N)).round(4),
        "town": [f"town {number}" for number in random.integers(0, 200, N)],
        "rare": np.where(target > np.sort(target)[-6], "castle", "house"),
        "half": np.where(random.random(N) < 0.97, target > 50, target < 50),
        "sparse": np.where(random.random(N) < 0.9, "", random.normal(size=N).round(3).astype(str)),
        "target": target,
    }

    found = profiled(tmp_path, columns)

    for each in some(found.decisions[:-1]):
        assert each.role == "feature", each.reason


def test_each_row_has_its_own_label_and_it_is_no_leak(tmp_path: Path) -> None:
    columns: dict[str, Cells] = {
        "noise": NOISE,
        "name": [f"house {number}" for number in range(N)],
        "target": PRICE,
    }

    assert profiled(tmp_path, columns).decisions[1].role == "ignored"
