import math
from itertools import permutations

import pytest

from rookery_core.spec.task import MetricName
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial, best_trial
from rookery_trainer.model.value_scores import ValueScores


def trial(index: int, log_loss: float, accuracy: float = 0.9, roc_auc: float = 0.9) -> Trial:
    rest = Estimate(0.9, 0.0)
    scores = Scores(
        accuracy=Estimate(accuracy, 0.0),
        balanced_accuracy=rest,
        macro_f1=rest,
        log_loss=Estimate(log_loss, 0.0),
        recalls=(rest,),
        roc_auc=Estimate(roc_auc, 0.0),
        average_precision=rest,
    )
    return Trial(index, Configuration("logistic_regression", {"C": 1.0}), f"run-{index}", scores)


def test_the_lowest_log_loss_wins_though_another_is_more_accurate() -> None:
    assert best_trial([trial(0, 0.3, accuracy=0.99), trial(1, 0.2, accuracy=0.9)]).index == 1


def test_ties_go_to_fewer_errors_then_to_the_smaller_index_in_any_order() -> None:
    trials = [trial(3, 0.2, 0.95), trial(1, 0.2, 0.97), trial(2, 0.2, 0.97)]

    assert {best_trial(order).index for order in permutations(trials)} == {1}


def test_another_metric_may_select_and_its_greatest_wins() -> None:
    trials = [trial(0, 0.2, roc_auc=0.7), trial(1, 0.3, roc_auc=0.8)]

    assert best_trial(trials, "roc_auc").index == 1


def test_a_mean_that_is_not_a_number_loses() -> None:
    trials = [trial(0, 0.2, roc_auc=math.nan), trial(1, 0.3, roc_auc=0.1)]

    assert best_trial(trials, "roc_auc").index == 1


@pytest.mark.parametrize(("by", "best"), [("rmse", 0), ("mae", 1), ("r2", 2)])
def test_the_best_trial_of_values_is_that_of_the_metric(by: MetricName, best: int) -> None:
    figures = [(1.0, 3.0, 0.5), (2.0, 2.0, 0.4), (3.0, 4.0, 0.6)]
    trials = [
        Trial(
            index,
            Configuration("random_forest", {}),
            "run",
            ValueScores(*(Estimate(mean, 0.1) for mean in each)),
        )
        for index, each in enumerate(figures)
    ]

    assert {best_trial(order, by).index for order in permutations(trials)} == {best}
