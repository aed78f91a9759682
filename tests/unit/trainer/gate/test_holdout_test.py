"""The paired test of two files on a large hold-out."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from rookery_trainer.gate.holdout_test import paired_test
from rookery_trainer.gate.judged_rows import of_one_fit

TRUTH = np.zeros(1_000, dtype=np.intp)


def test_independent_rows_are_tested_by_t() -> None:
    gains = np.random.default_rng(0).normal(0.05, 1.0, 1_000)

    found = paired_test(of_one_fit(TRUTH, 2), gains)

    known = ttest_1samp(gains, 0.0, alternative="greater")
    assert found.t == pytest.approx(known.statistic)
    assert found.p == pytest.approx(known.pvalue)
    assert found.mean_gain == pytest.approx(gains.mean())
    assert not found.gains


@pytest.mark.parametrize("alike", ["groups", "moments"])
def test_rows_that_are_alike_count_as_one(alike: str) -> None:
    names = np.repeat(np.arange(40), 25)
    gains = np.random.default_rng(3).normal(0.3, 1.0, 40)[names]
    rows = of_one_fit(
        TRUTH,
        2,
        groups=names if alike == "groups" else None,
        moments=np.arange(1_000) if alike == "moments" else None,
    )

    found = paired_test(rows, gains)

    assert paired_test(of_one_fit(TRUTH, 2), gains).p < 1e-6
    assert 1e-4 < found.p < 0.5


def test_equal_files_gain_nothing_and_nan_is_kept() -> None:
    rows = of_one_fit(TRUTH, 2)

    assert paired_test(rows, np.zeros(1_000)).p == 1.0
    assert np.isnan(paired_test(rows, np.full(1_000, np.nan)).p)
