"""The rank test, against scipy, permutations and tables without any relation."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu, spearmanr
from tests.some import some

from rookery_trainer.gate.judged_rows import JudgedRows, of_one_fit
from rookery_trainer.gate.rank_test import rank_p


def two_classes(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([1 - scores, scores])


def test_of_two_classes_it_is_the_test_of_mann_and_whitney() -> None:
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 2, 300)
    scores = (100 * generator.random(300) + 15 * truth).astype(np.intp) / 100

    found = rank_p(of_one_fit(truth, 2), two_classes(scores))

    known = mannwhitneyu(scores[truth == 1], scores[truth == 0], alternative="greater").pvalue
    assert found == pytest.approx(known, rel=0.05)
    assert found < 0.05


def test_of_numbers_it_is_spearmans_correlation() -> None:
    generator = np.random.default_rng(1)
    truth = generator.lognormal(size=200)
    told = np.log(truth) + 6 * generator.standard_normal(200)

    found = rank_p(of_one_fit(truth, 0), told)

    assert found == pytest.approx(spearmanr(told, truth, alternative="greater").pvalue, rel=0.2)


def test_few_rows_of_a_class_are_counted_out() -> None:
    truth = np.zeros(40, dtype=np.intp)
    truth[:2] = 1
    scores = np.linspace(1, 0, 40)

    found = rank_p(of_one_fit(truth, 2), two_classes(scores), level=0.001)

    # The two highest of forty: one of the 780 pairs.
    assert found == pytest.approx(1 / 780, rel=0.3)


def test_few_rows_and_few_different_answers_are_no_evidence() -> None:
    truth = np.zeros(10_000, dtype=np.intp)
    truth[:5] = 1
    scores = np.zeros(10_000)
    # One of five in a hundredth of the rows: that happens in one table of twenty.
    scores[4:104] = 0.2

    found = rank_p(of_one_fit(truth, 2), two_classes(scores))

    assert found == pytest.approx(1 - 0.99**5, abs=0.01)


def test_strata_are_compared_within_themselves() -> None:
    truth = np.tile([0, 1], 50)
    strata = np.repeat([0, 1], 50)
    # Within a stratum in the wrong order, though the second stratum has higher answers.
    scores = 0.1 + 0.5 * strata - 0.05 * truth

    found = rank_p(JudgedRows(truth, 2, strata), two_classes(scores))

    assert found > 0.99


def test_answers_out_of_fold_need_more() -> None:
    generator = np.random.default_rng(2)
    truth = generator.integers(0, 2, 400)
    scores = generator.random(400) + 0.1 * truth
    rows = of_one_fit(truth, 2)

    alone, shared = (rank_p(rows, two_classes(scores), shared=each) for each in (False, True))

    assert alone < shared < 0.5


def test_of_many_classes_the_smallest_p_counts_for_all() -> None:
    generator = np.random.default_rng(3)
    truth = np.arange(400) % 4
    told = generator.random((400, 4))
    told[:, 2] += 0.3 * (truth == 2)

    found = rank_p(of_one_fit(truth, 4), told)

    of_one = rank_p(of_one_fit((truth == 2).astype(np.intp), 2), two_classes(told[:, 2]))
    assert found == pytest.approx(4 * of_one)


def test_what_is_the_same_for_every_row_is_no_evidence() -> None:
    truth = np.arange(50) % 2

    assert rank_p(of_one_fit(truth, 2), two_classes(np.full(50, 0.3))) == 1.0
    assert rank_p(of_one_fit(np.zeros(50, np.intp), 2), two_classes(np.linspace(0, 1, 50))) == 1.0


def test_an_answer_that_is_not_a_number_makes_p_none() -> None:
    scores = np.linspace(0, 1, 20)
    scores[3] = np.nan

    assert np.isnan(rank_p(of_one_fit(np.arange(20) % 2, 2), two_classes(scores)))


@pytest.mark.parametrize("alike", ["groups", "moments"])
def test_rows_that_are_alike_count_less(alike: str) -> None:
    generator = np.random.default_rng(4)
    names = np.repeat(np.arange(40), 25)
    found = []
    for _ in range(200):
        # Every group has one answer and one truth of its own, without any relation.
        truth = generator.permutation(np.arange(40) % 2)[names]
        scores = generator.random(40)[names]
        rows = of_one_fit(
            truth,
            2,
            groups=names if alike == "groups" else None,
            moments=np.arange(1000) if alike == "moments" else None,
        )
        found.append(
            (rank_p(rows, two_classes(scores)), rank_p(of_one_fit(truth, 2), two_classes(scores)))
        )

    known, ignored = np.mean(np.array(some(found)) < 0.05, axis=0)
    assert known <= 0.10
    assert ignored > 0.25
