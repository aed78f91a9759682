"""Calibration: fitted out of fold, kept where it helps, and the same as a scikit-learn model."""

import numpy as np
import pandas as pd
import pytest
import skops.io
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from tests.some import some

from rookery_core.manifest import Calibration
from rookery_trainer.model.answers import pipeline_of
from rookery_trainer.model.calibrated_classifier import (
    TRUSTED_TYPES,
    with_calibration,
)
from rookery_trainer.model.calibration import calibrated, find_calibration
from rookery_trainer.model.out_of_fold import UNTESTED, OutOfFold

ROWS = 3_000


def told(classes: int, scale: float, offset: float = 0.0) -> tuple[NDArray[np.intp], OutOfFold]:
    """Draws a truth, and answers that this scale and offset would calibrate."""
    generator = np.random.default_rng(classes)
    scores = generator.normal(size=(ROWS, classes))
    answers = softmax(scores, axis=1)
    real = calibrated(answers, scale, offset)
    truth = np.array([generator.choice(classes, p=row) for row in real], dtype=np.intp)
    return truth, OutOfFold(answers, np.arange(ROWS) % 5)


@pytest.mark.parametrize("classes", [2, 3, 6])
@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_answers_that_say_too_much_or_too_little_are_mended(classes: int, scale: float) -> None:
    found = find_calibration(*told(classes, scale))

    assert found is not None
    assert found.helps
    assert found.calibration.scale == pytest.approx(scale, rel=0.15)
    assert found.calibration.gain > 0.01


def test_two_classes_get_an_offset_where_one_is_told_too_rarely() -> None:
    found = find_calibration(*told(2, 1.0, offset=1.0))

    assert found is not None
    assert found.helps
    assert found.calibration.offset == pytest.approx(1.0, abs=0.15)


def test_answers_that_are_right_are_left_alone() -> None:
    kept = []
    for seed in range(40):
        generator = np.random.default_rng(seed)
        answers = softmax(generator.normal(size=(400, 2)), axis=1)
        truth = (generator.random(400) < answers[:, 1]).astype(np.intp)
        found = find_calibration(truth, OutOfFold(answers, np.arange(400) % 5))
        assert found is not None
        kept.append(found.helps)

    assert sum(kept) <= 6


def test_rows_that_no_fold_tests_count_for_nothing() -> None:
    truth, out_of_fold = told(3, 0.5)
    answers, fold = out_of_fold.answers.copy(), out_of_fold.fold.copy()
    answers[:500], fold[:500] = np.nan, UNTESTED

    found = find_calibration(truth, OutOfFold(answers, fold))
    other = find_calibration(truth[500:], OutOfFold(answers[500:], fold[500:]))

    assert found is not None
    assert other is not None
    assert found.calibration == other.calibration
    assert np.isnan(found.crossed.answers[:500]).all()
    assert np.array_equal(found.crossed.answers[500:], other.crossed.answers)


def test_the_answers_of_a_fold_are_calibrated_by_the_others() -> None:
    truth, out_of_fold = told(2, 0.5)
    other = truth.copy()
    first = out_of_fold.fold == 0
    other[first] = 1 - other[first]

    found = find_calibration(truth, out_of_fold)
    turned = find_calibration(other, out_of_fold)

    assert found is not None
    assert turned is not None
    assert np.array_equal(found.crossed.answers[first], turned.crossed.answers[first])
    assert not np.allclose(found.crossed.answers[~first], turned.crossed.answers[~first])


def test_nothing_is_fitted_where_a_class_is_in_one_fold_alone() -> None:
    truth, out_of_fold = told(2, 0.5)
    truth = (out_of_fold.fold == 0).astype(np.intp)

    assert find_calibration(truth, out_of_fold) is None


MANY = [f"c{number:02d}" for number in range(20)]
"""Of as many classes scikit-learn warned of what is fitted only to be replaced."""


@pytest.mark.parametrize("labels", [["a", "b"], ["b", "a"], ["a", "b", "c"], MANY])
def test_the_scikit_learn_model_answers_as_the_calibration_says(labels: list[str]) -> None:
    generator = np.random.default_rng(3)
    frame = pd.DataFrame(generator.normal(size=(200, 3)), columns=["x", "y", "z"])
    names = np.array(sorted(labels))[generator.integers(0, len(labels), 200)]
    pipeline = Pipeline([("estimator", LogisticRegression(C=100, max_iter=1000))])
    pipeline.fit(frame, names)
    calibration = Calibration(scale=0.6, offset=0.4 if len(labels) == 2 else 0.0, gain=0.1)

    model = with_calibration(pipeline, calibration, frame, labels)

    order = [list(model.classes_).index(label) for label in labels]
    raw = pipeline.predict_proba(frame)[:, order]
    wanted = calibrated(raw, calibration.scale, calibration.offset)
    assert np.allclose(model.predict_proba(frame)[:, order], wanted, atol=1e-12)
    assert list(model.classes_) == sorted(labels)
    assert set(model.predict(frame)) <= set(labels)
    assert pipeline_of(model) is pipeline


def test_certain_answers_stay_within_bounds_and_in_their_order() -> None:
    raw = np.array([[1.0, 0.0], [0.7, 0.3], [0.0, 1.0]])

    found = calibrated(raw, 2.0)

    assert np.isfinite(found).all()
    assert (np.diff(found[:, 1]) > 0).all()
    assert found[0, 1] < 1e-6


def test_whoever_loads_it_needs_scikit_learn_alone() -> None:
    frame = pd.DataFrame({"x": [0.0, 1.0, 2.0]})
    pipeline = Pipeline([("estimator", DummyClassifier(strategy="prior"))])
    pipeline.fit(frame, ["a", "b", "b"])
    model = with_calibration(pipeline, Calibration(scale=2, gain=1), frame, ["a", "b"])

    untrusted = skops.io.get_untrusted_types(data=skops.io.dumps(model))

    for name in some(untrusted):
        assert name in TRUSTED_TYPES or name.startswith("sklearn.dummy.")
    assert not any(name.startswith("rookery") for name in some(untrusted))
