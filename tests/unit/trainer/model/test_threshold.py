"""The choice of a threshold by out-of-fold answers."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from tests.some import some

from rookery_core.labels import TIE, Cut, predicted_classes
from rookery_core.manifest import MAX_THRESHOLD, Threshold
from rookery_core.spec.label_decision import Costs, LabelDecision, LabelMetric
from rookery_trainer.model.label_worth import Aim
from rookery_trainer.model.out_of_fold import UNTESTED, OutOfFold
from rookery_trainer.model.scores import confusion
from rookery_trainer.model.threshold import best_threshold, choose_threshold, cleared

CLASSES = ("no", "yes")
FEW, MANY = 344, 20_000


def costing(false_positive: float, false_negative: float, positive: int = 1) -> Aim:
    costs = Costs(false_positive=false_positive, false_negative=false_negative)
    return Aim(LabelDecision(positive=CLASSES[positive], costs=costs), positive)


def measured_by(metric: LabelMetric, positive: int = 1) -> Aim:
    return Aim(LabelDecision(positive=CLASSES[positive], metric=metric), positive)


def drawn(
    rows: int, seed: int = 0, sharper: float = 1.0
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Draws truths, a quarter of them yes, and probabilities: right ones where `sharper` is 1."""
    generator = np.random.default_rng(seed)
    scores = generator.normal(-1.5, 1.5, rows)
    truth = (generator.random(rows) < expit(scores)).astype(np.intp)
    told = expit(sharper * scores)
    return truth, np.column_stack([1 - told, told])


def in_folds(answers: NDArray[np.float64]) -> OutOfFold:
    fold = np.random.default_rng(1).permutation(np.arange(len(answers)) % 5)
    return OutOfFold(answers, fold.astype(np.intp))


def chosen(aim: Aim, truth: NDArray[np.intp], told: NDArray[np.float64]) -> Threshold:
    return choose_threshold(aim, CLASSES, truth, in_folds(told))


def figure(aim: Aim, rows: tuple[NDArray[np.intp], NDArray[np.float64]], value: float) -> float:
    truth, told = rows
    return aim.figure(confusion(truth, predicted_classes(told, Cut(aim.positive, value)), 2))


def test_equal_costs_answer_the_more_probable_class() -> None:
    found = [chosen(costing(1, 1), *drawn(FEW, seed)).value for seed in range(20)]

    assert np.mean(np.abs(np.array(found) - 0.5) < 0.04) >= 0.9


@pytest.mark.parametrize(("false_positive", "false_negative"), [(1, 9), (9, 1), (30, 70)])
def test_where_probabilities_are_right_the_costs_alone_decide(
    false_positive: float, false_negative: float
) -> None:
    aim = costing(false_positive, false_negative)

    found = [chosen(aim, *drawn(FEW, seed)).value for seed in range(20)]

    wanted = false_positive / (false_positive + false_negative)
    assert np.mean(np.abs(np.array(found) - wanted) < 0.01) >= 0.8


def test_where_they_are_wrong_the_answers_decide() -> None:
    aim, rows = costing(1, 9), drawn(MANY, sharper=0.3)

    found = chosen(aim, *rows)

    assert 0.28 < found.value < 0.4
    fresh = drawn(MANY, seed=9, sharper=0.3)
    assert figure(aim, fresh, found.value) < 0.9 * figure(aim, fresh, 0.1)


def test_on_new_rows_it_costs_less_than_the_lowest_cost_of_a_small_table() -> None:
    aim, fresh = costing(1, 9), drawn(100_000, seed=10**6)
    costs = []
    for seed in range(30):
        truth, told = drawn(FEW, seed)
        lowest = best_threshold(aim, truth == 1, told[:, 1], np.ones(FEW), 0.1)
        costs.append(
            (
                figure(aim, fresh, chosen(aim, truth, told).value),
                figure(aim, fresh, lowest),
                figure(aim, fresh, 0.5),
            )
        )

    ours, plain, argmax = np.mean(costs, axis=0)

    assert ours < plain < argmax


@pytest.mark.parametrize("metric", ["f1", "macro_f1", "balanced_accuracy", "accuracy"])
def test_a_metric_is_higher_on_new_rows_than_without_a_threshold(metric: LabelMetric) -> None:
    aim, fresh = measured_by(metric), drawn(MANY, seed=5)

    found = chosen(aim, *drawn(MANY))

    # Accuracy is nearly best without one.
    assert figure(aim, fresh, found.value) >= figure(aim, fresh, 0.5) - 0.002
    if metric != "accuracy":
        assert figure(aim, fresh, found.value) > figure(aim, fresh, 0.5) + 0.02
        assert found.out_of_fold > found.out_of_fold_at_argmax


@pytest.mark.parametrize("positive", [0, 1])
def test_the_figures_are_those_of_scikit_learn(positive: int) -> None:
    truth, told = drawn(500)
    labels = predicted_classes(told, Cut(positive, 0.4))
    counts = confusion(truth, labels, 2)

    found = {
        name: measured_by(name, positive).figure(counts)
        for name in ("f1", "macro_f1", "balanced_accuracy", "accuracy")
    }

    assert found == pytest.approx(
        {
            "f1": f1_score(truth, labels, pos_label=positive),
            "macro_f1": f1_score(truth, labels, average="macro"),
            "balanced_accuracy": balanced_accuracy_score(truth, labels),
            "accuracy": accuracy_score(truth, labels),
        }
    )
    wrong = (truth != positive) & (labels == positive)
    missed = (truth == positive) & (labels != positive)
    assert costing(2, 7, positive).figure(counts) == 2 * wrong.sum() + 7 * missed.sum()


def test_either_class_may_be_the_positive_one() -> None:
    truth, told = drawn(MANY, sharper=0.3)

    one = chosen(costing(1, 9), truth, told)
    other = chosen(costing(9, 1, positive=0), truth, told)

    assert (one.positive, other.positive) == ("yes", "no")
    assert one.value + other.value == pytest.approx(1, abs=1e-3)
    assert one.out_of_fold == pytest.approx(other.out_of_fold, rel=1e-3)


def test_no_threshold_is_better_than_the_best_one() -> None:
    truth, told = drawn(200)
    grid = [*np.linspace(0, 1.00003, 2001), *told[:, 1]]

    for aim in some([costing(1, 1), costing(1, 30), costing(50, 1), measured_by("f1")]):
        best = figure(
            aim, (truth, told), best_threshold(aim, truth == 1, told[:, 1], np.ones(200), 0.5)
        )
        figures = [figure(aim, (truth, told), value) for value in grid]
        assert best == (min if aim.lower_is_better else max)([best, *figures])


def test_extreme_costs_answer_one_class_alone() -> None:
    truth, told = drawn(FEW)

    always = chosen(costing(1, 1e9), truth, told)
    never = chosen(costing(1e9, 1), truth, told)

    assert (predicted_classes(told, Cut(1, always.value)) == 1).all()
    assert (predicted_classes(told, Cut(1, never.value)) == 0).all()
    assert always.out_of_fold == (truth == 0).sum()
    assert never.out_of_fold == (truth == 1).sum()


@pytest.mark.parametrize("certain", [0.3, 1.0])
def test_of_constant_probabilities_all_rows_get_one_answer(certain: float) -> None:
    truth = (np.arange(100) < 30).astype(np.intp)
    told = np.full((100, 2), [1 - certain, certain])

    for aim in some([costing(1, 1), costing(1, 9), costing(9, 1), measured_by("f1")]):
        found = chosen(aim, truth, told)
        assert len(set(predicted_classes(told, Cut(1, found.value)).tolist())) == 1
        assert 0 <= found.value <= MAX_THRESHOLD


def test_where_even_a_certain_answer_is_wrong_none_is_positive() -> None:
    truth = (np.arange(100) % 10 == 0).astype(np.intp)
    told = np.full((100, 2), [0.0, 1.0])

    found = chosen(costing(1, 1), truth, told)

    assert found.value == MAX_THRESHOLD
    assert found.out_of_fold == 10


def test_answers_closer_than_a_tie_are_not_divided() -> None:
    truth = np.array([0, 1] * 50, dtype=np.intp)
    told = np.where(truth == 1, 0.4 + TIE / 4, 0.4)

    found = best_threshold(costing(1, 1), truth == 1, told, np.ones(100), 0.5)

    answers = np.column_stack([1 - told, told])
    assert len(set(predicted_classes(answers, Cut(1, found)).tolist())) == 1


def test_rows_that_no_fold_tests_do_not_count() -> None:
    truth, told = drawn(1000, sharper=0.3)
    half = in_folds(told[:500])
    later = np.vstack([told[:500], np.full((500, 2), np.nan)])
    untested = np.full(500, UNTESTED, dtype=np.intp)

    found = choose_threshold(
        costing(1, 9), CLASSES, truth, OutOfFold(later, np.concatenate([half.fold, untested]))
    )

    assert found == choose_threshold(costing(1, 9), CLASSES, truth[:500], half)


@pytest.mark.parametrize("folds", [1, 2])
def test_folds_without_a_positive_row_are_no_fault(folds: int) -> None:
    truth = np.array([0] * 50 + [1] * 5 + [0] * 45, dtype=np.intp)
    told = drawn(100)[1]
    fold = (np.arange(100) >= 50).astype(np.intp) % folds

    for aim in some([costing(1, 9), measured_by("f1"), measured_by("balanced_accuracy")]):
        found = choose_threshold(aim, CLASSES, truth, OutOfFold(told, fold))
        assert 0 <= found.value <= MAX_THRESHOLD


def test_a_threshold_moves_out_of_the_way_of_rows_that_lie_upon_it() -> None:
    generator = np.random.default_rng(0)
    one = generator.random(50_000)
    other = one + generator.normal(0, 2e-7, len(one))
    apart = 0
    for value, positive in some(product((0.2, 0.5, float(one[7]) + TIE), ("yes", "no"))):
        given = Threshold(
            value=value,
            decision=LabelDecision(positive=positive, metric="f1"),
            positive=positive,
            out_of_fold=0.5,
            out_of_fold_at_argmax=0.4,
        )

        found = cleared(given, one, other)

        least = Cut(1, found.value).least
        assert ((one >= least) == (other >= least)).all()
        assert 0 <= found.value - value < 1e-4
        apart += ((one >= value - TIE) != (other >= value - TIE)).any()
    assert apart


def test_rows_everywhere_leave_the_threshold_to_be_refused() -> None:
    given = Threshold(
        value=0.5,
        decision=LabelDecision(positive="yes", metric="f1"),
        positive="yes",
        out_of_fold=0.5,
        out_of_fold_at_argmax=0.4,
    )
    one = np.linspace(0, 1, 10_000)

    assert cleared(given, one, one + 0.01) == given


def test_a_row_of_weight_three_counts_as_three_rows() -> None:
    truth, told = drawn(600, sharper=0.3)
    weights = np.where(truth == 1, 3.0, 1.0)
    fold = in_folds(told).fold
    times = weights.astype(int)

    one = choose_threshold(costing(1, 4), CLASSES, truth, OutOfFold(told, fold), weights)
    other = choose_threshold(
        costing(1, 4),
        CLASSES,
        np.repeat(truth, times),
        OutOfFold(np.repeat(told, times, axis=0), np.repeat(fold, times)),
    )

    assert one == other
