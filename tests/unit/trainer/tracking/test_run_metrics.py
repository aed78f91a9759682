import math
import re

from hypothesis import given
from hypothesis import strategies as st
from tests.some import some

from rookery_trainer.model.scores import METRICS, RANK_METRICS, Estimate, Scores
from rookery_trainer.model.value_scores import ValueScores
from rookery_trainer.tracking.run_metrics import metrics_of, scores_of

estimates = st.builds(Estimate, *[st.floats(0, 100, allow_nan=False)] * 2)
labels = st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=5, unique=True)


@given(labels, st.data())
def test_scores_come_back_to_the_last_bit(classes: list[str], data: st.DataObject) -> None:
    named = {name: data.draw(estimates) for name in METRICS}
    scores = Scores(recalls=tuple(data.draw(estimates) for _ in classes), **named)

    metrics = metrics_of(scores, classes)

    assert scores_of(metrics, classes) == scores
    assert all(re.fullmatch(r"[\w.:-]+", name, re.ASCII) for name in some(metrics))


def test_a_plain_label_is_in_the_name_of_its_recall() -> None:
    estimate = Estimate(0.5, 0.1)
    scores = Scores(recalls=(estimate, estimate), **dict.fromkeys(METRICS, estimate))

    metrics = metrics_of(scores, ["Adelie", "São Paulo"])

    assert {"cv_log_loss", "cv_log_loss_std", "cv_recall_Adelie", "cv_recall:1"} <= metrics.keys()


def test_a_run_of_the_first_release_has_no_order() -> None:
    estimate = Estimate(0.5, 0.1)
    scores = Scores(recalls=(estimate, estimate), **dict.fromkeys(METRICS, estimate))
    metrics = metrics_of(scores, ["no", "yes"])
    first = {
        name: value
        for name, value in metrics.items()
        if name.removeprefix("cv_").removesuffix("_std") not in RANK_METRICS
    }

    found = scores_of(first, ["no", "yes"])

    assert found.estimates["log_loss"] == estimate
    assert math.isnan(found.estimates["roc_auc"].mean)
    assert found.finite


@given(estimates, estimates, estimates)
def test_scores_of_values_come_back_to_the_last_bit(
    rmse: Estimate, mae: Estimate, r2: Estimate
) -> None:
    scores = ValueScores(rmse, mae, r2)

    metrics = metrics_of(scores, ())

    assert scores_of(metrics, ()) == scores
    assert sorted(metrics) == sorted(
        f"cv_{name}{end}" for name in ("rmse", "mae", "r2") for end in ("", "_std")
    )
