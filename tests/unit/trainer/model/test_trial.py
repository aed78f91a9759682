import math
from itertools import permutations

from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial, best_trial


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
