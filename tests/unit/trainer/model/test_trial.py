from itertools import permutations

from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial, best_trial


def trial(index: int, log_loss: float, accuracy: float = 0.9) -> Trial:
    rest = Estimate(0.9, 0.0)
    scores = Scores(Estimate(accuracy, 0.0), rest, rest, Estimate(log_loss, 0.0), (rest,))
    return Trial(index, Configuration("logistic_regression", {"C": 1.0}), f"run-{index}", scores)


def test_the_lowest_log_loss_wins_though_another_is_more_accurate() -> None:
    assert best_trial([trial(0, 0.3, accuracy=0.99), trial(1, 0.2, accuracy=0.9)]).index == 1


def test_ties_go_to_fewer_errors_then_to_the_smaller_index_in_any_order() -> None:
    trials = [trial(3, 0.2, 0.95), trial(1, 0.2, 0.97), trial(2, 0.2, 0.97)]

    assert {best_trial(order).index for order in permutations(trials)} == {1}
