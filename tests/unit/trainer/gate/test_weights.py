"""Weights in the gate: mean losses count a row as its weight says, tests of order count rows."""

import numpy as np
import pytest
from tests.some import some
from tests.unit.trainer.support.encodings import COLUMNS, encoded_table, encoding_spec

from rookery_core.spec.task import Loss
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.snapshot import snapshot_of
from rookery_trainer.gate.holdout_test import paired_test
from rookery_trainer.gate.judged_rows import JudgedRows, of_one_fit
from rookery_trainer.gate.performance import learned, performance_of
from rookery_trainer.gate.resampled_t_test import Repeat, fold_losses
from rookery_trainer.gate.skill import measure_of
from rookery_trainer.model.trial import Configuration

ROWS = 300


def judged(seed: int = 1) -> tuple[JudgedRows, np.ndarray]:
    """Draws rows of two classes with weights, and answers to them."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, 2, ROWS)
    second = np.clip(0.5 + 0.3 * (truth - 0.5) + generator.normal(0, 0.2, ROWS), 0.05, 0.95)
    weights = generator.integers(1, 5, ROWS).astype(np.float64)
    return of_one_fit(truth, 2, weights=weights), np.column_stack([1 - second, second])


def repeated(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.repeat(values, weights.astype(int), axis=0)


@pytest.mark.parametrize(("loss", "best"), [("squared", 6.125), ("absolute", 8.0)])
def test_the_constant_of_numbers_is_the_weighted_mean_or_median(loss: Loss, best: float) -> None:
    truth = np.array([0.0, 1.0, 8.0])

    constant = measure_of(0, loss, truth).constant(truth, np.array([1.0, 1.0, 6.0]))

    assert constant == pytest.approx(best)


def test_the_constant_of_classes_is_their_shares_of_the_weights() -> None:
    truth = np.array([0, 0, 1])

    constant = measure_of(2, "squared", truth).constant(truth, np.array([1.0, 1.0, 6.0]))

    assert constant == pytest.approx([0.25, 0.75])


def test_skill_counts_a_row_as_its_weight_says_and_the_confusion_table_counts_rows() -> None:
    rows, told = judged()
    assert rows.weights is not None
    measure = measure_of(2, "squared", rows.truth)
    constant = measure.constant(rows.truth)

    weighted = performance_of(measure, rows.truth, told, constant, rows.weights)

    as_rows = performance_of(
        measure, repeated(rows.truth, rows.weights), repeated(told, rows.weights), constant
    )
    assert weighted.skill == pytest.approx(as_rows.skill)
    assert weighted.rows == ROWS
    assert weighted.confusion is not None
    assert weighted.confusion.sum() == ROWS


def test_cross_validated_skill_counts_a_row_as_its_weight_says() -> None:
    rows, told = judged()
    assert rows.weights is not None
    folds = np.arange(ROWS) % 5
    measure = measure_of(2, "squared", rows.truth)

    def skill(
        truth: np.ndarray, answers: np.ndarray, strata: np.ndarray, weights: np.ndarray | None
    ) -> float:
        training = JudgedRows(truth, 2, strata, weights=weights)
        found = learned(measure, training, answers, rows, told, trials=1, rejected=0)
        return found.cross_validated_skill

    truth, answers, strata = (repeated(each, rows.weights) for each in (rows.truth, told, folds))
    assert skill(rows.truth, told, folds, rows.weights) == pytest.approx(
        skill(truth, answers, strata, None)
    )


def test_the_paired_test_is_of_weighted_gains() -> None:
    rows, _ = judged()
    assert rows.weights is not None
    gains = np.random.default_rng(3).normal(0.05, 1, ROWS)

    found = paired_test(rows, gains)

    assert found.mean_gain == pytest.approx(np.average(gains, weights=rows.weights))
    # Heavy rows tell less than rows of their own would.
    centred = gains - gains.mean() + found.mean_gain
    assert found.p > paired_test(of_one_fit(rows.truth, 2), centred).p


def test_the_loss_of_a_fold_is_that_of_its_weighted_rows() -> None:
    columns = [*COLUMNS, {"name": "people", "kind": "number"}]
    spec = encoding_spec("logistic_regression", "two", columns=columns, weight="people")
    configuration = Configuration("logistic_regression", {"C": 1.0})
    generator = np.random.default_rng(1)

    alike, weighted = (
        fold_losses(
            Repeat(
                spec,
                snapshot_of(
                    spec, encoded_table().assign(people=people), Batch(1, "digest", 600)
                ).training,
                configuration,
                1,
                0,
            )
        )
        for people in (np.ones(600), generator.uniform(0.2, 5, 600))
    )

    assert len(alike) == len(weighted) == 5
    assert all(one != other for one, other in some(zip(alike, weighted, strict=True)))
