import math

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    roc_auc_score,
)

from rookery_trainer.model.scores import CLIP, over_folds, row_losses, score


def some_answers(rows: int = 60) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(7)
    return generator.integers(0, 3, rows), generator.dirichlet([2.0, 2.0, 2.0], rows)


def test_scores_are_those_of_scikit_learn() -> None:
    truth, probabilities = some_answers()
    predicted = probabilities.argmax(axis=1)

    found = score(truth, probabilities)

    assert found.accuracy == pytest.approx(accuracy_score(truth, predicted))
    assert found.balanced_accuracy == pytest.approx(balanced_accuracy_score(truth, predicted))
    assert found.macro_f1 == pytest.approx(f1_score(truth, predicted, average="macro"))
    assert found.log_loss == pytest.approx(log_loss(truth, probabilities), rel=1e-6)
    assert found.roc_auc == pytest.approx(roc_auc_score(truth, probabilities, multi_class="ovr"))
    assert found.average_precision == pytest.approx(average_precision_score(truth, probabilities))


def test_one_confident_miss_costs_at_most_the_clip() -> None:
    losses = row_losses(np.array([0, 0]), np.array([[0.0, 1.0], [1.0, 0.0]]))

    assert losses.tolist() == [-math.log(CLIP), 0.0]


def test_a_tie_goes_to_the_first_class() -> None:
    found = score(np.array([0, 1]), np.array([[0.5, 0.5 + 1e-7], [0.5, 0.5 + 1e-7]]))

    assert found.recalls == (1.0, 0.0)


def test_the_recall_of_an_absent_class_is_nan_and_its_absence_costs_nothing() -> None:
    found = score(np.array([0, 0]), np.array([[0.9, 0.1, 0.0], [0.8, 0.1, 0.1]]))

    assert found.recalls[0] == 1.0
    assert [math.isnan(recall) for recall in found.recalls] == [False, True, True]
    assert found.balanced_accuracy == 1.0


def test_nan_probabilities_make_scores_that_are_not_finite() -> None:
    truth, probabilities = some_answers()
    probabilities[3] = np.nan

    assert over_folds([score(*some_answers())] * 2).finite
    assert not over_folds([score(*some_answers()), score(truth, probabilities)]).finite


def test_folds_become_mean_and_deviation() -> None:
    truth = np.array([0, 1])
    right, wrong = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])

    found = over_folds([score(truth, right), score(truth, wrong)])

    assert (found.accuracy.mean, found.accuracy.deviation) == (0.5, 0.5)
    assert [recall.mean for recall in found.recalls] == [0.5, 0.5]


def test_the_order_of_two_classes_is_that_of_the_second_and_ties_count_half() -> None:
    told = np.array([[0.9, 0.1], [0.5, 0.5], [0.5, 0.5], [0.1, 0.9]])

    found = score(np.array([0, 0, 1, 1]), told)

    # Of the four pairs three are in order and one is a tie.
    assert found.roc_auc == 3.5 / 4
    # At 0.9 one of one, at 0.5 two of three.
    assert found.average_precision == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_rows_of_one_class_have_no_order_and_a_class_without_a_row_takes_no_part() -> None:
    truth, told = np.array([0, 1, 0]), np.array([[0.8, 0.2, 0.0], [0.3, 0.7, 0.0], [0.6, 0.3, 0.1]])

    assert math.isnan(score(np.array([1, 1, 1]), told).roc_auc)
    assert score(truth, told).roc_auc == 1.0


def test_folds_of_one_class_leave_the_order_to_the_others() -> None:
    told = np.array([[0.8, 0.2], [0.3, 0.7]])
    one_class, both = score(np.array([0, 0]), told), score(np.array([0, 1]), told)

    found = over_folds([one_class, both])

    assert (found.roc_auc.mean, found.average_precision.mean) == (1.0, 1.0)
    assert over_folds([one_class, one_class]).finite
