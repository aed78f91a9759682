"""A number target as an estimator sees it, and models that answer the number itself."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from tests.some import some
from tests.unit.trainer.support.estimators import REGRESSORS, SMALL
from tests.unit.trainer.support.regression import number_snapshot, number_spec

from rookery_trainer.estimators import make_estimator
from rookery_trainer.model.answers import answers, pipeline_of
from rookery_trainer.model.cross_validation import cross_validate, fit_rows
from rookery_trainer.model.target import (
    centred_regressor,
    seen_values,
    target_scale,
    with_pipeline,
)
from rookery_trainer.model.trial import Configuration
from rookery_trainer.model.value_scores import ValueScores, value_score

VALUES = np.array([1.0, 10.0, 100.0])
LOSSES: list[dict[str, Any]] = [{}, {"loss": "absolute"}, {"transform": "log"}]


def test_the_target_is_seen_without_its_mean() -> None:
    model = centred_regressor(number_spec(), VALUES)

    assert seen_values(model.transformer_, VALUES) == pytest.approx(VALUES - 37)
    assert target_scale(model, VALUES).center == pytest.approx(37)
    assert target_scale(model, VALUES).deviation == pytest.approx(VALUES.std())


def test_a_logarithm_is_taken_before_the_mean() -> None:
    model = centred_regressor(number_spec(transform="log"), VALUES)

    assert seen_values(model.transformer_, VALUES) == pytest.approx(np.log([0.1, 1, 10]))
    assert target_scale(model, VALUES).center == pytest.approx(np.log(10))


@pytest.mark.parametrize("transform", ["none", "log"])
def test_a_model_answers_the_number_itself(transform: str) -> None:
    spec = number_spec(transform=transform)
    rows = number_snapshot(spec).training

    model = fit_rows(spec, rows, Configuration("gradient_boosting", {}), 0)

    told = answers(model, spec, rows.features)
    assert value_score(rows.target_values, told).r2 > 0.8
    scale = target_scale(model, rows.target_values)
    centred = pipeline_of(model).predict(rows.features) + scale.center
    assert told == pytest.approx(np.exp(centred) if transform == "log" else centred, rel=1e-12)


def test_an_estimator_that_answers_in_float32_loses_nothing_of_the_mean() -> None:
    spec = number_spec()
    values = 1e6 + np.linspace(-1, 1, 50)
    model = centred_regressor(spec, values)

    seen = seen_values(model.transformer_, values)
    columns = seen.reshape(-1, 1).astype(np.float32)
    linear = LinearRegression().fit(columns, seen.astype(np.float32))
    assert linear.predict(columns).dtype == np.float32
    with_pipeline(model, Pipeline([("estimator", linear)]))

    told = model.predict(columns)
    assert told.dtype == np.float64
    assert told == pytest.approx(values, abs=1e-6)


@pytest.mark.parametrize("estimator", REGRESSORS)
@pytest.mark.parametrize("keys", LOSSES, ids=str)
def test_every_estimator_of_numbers_learns(estimator: str, keys: dict[str, Any]) -> None:
    spec = number_spec(**keys)
    rows = number_snapshot(spec).training
    configuration = Configuration(estimator, SMALL[estimator])

    found = cross_validate(spec, rows, configuration, 0)

    assert isinstance(found, ValueScores)
    assert found.r2.mean > 0.1
    assert cross_validate(spec, rows, configuration, 0) == found


@pytest.mark.parametrize("estimator", ["random_forest", "extra_trees", "gradient_boosting"])
def test_an_estimator_keeps_the_specs_loss_small(estimator: str) -> None:
    made = {loss: make_estimator(estimator, "regression", loss, {}, 0) for loss in LOSS_WORDS}

    for loss, word in some(LOSS_WORDS.items()):
        assert word in made[loss].get_params().values()


LOSS_WORDS: dict[Any, str] = {"squared": "squared_error", "absolute": "absolute_error"}


def test_an_absolute_loss_is_near_the_median_where_values_are_skewed() -> None:
    generator = np.random.default_rng(1)
    spec = number_spec(loss="absolute")
    rows = number_snapshot(spec).training
    skewed = np.exp(generator.normal(0, 1.5, len(rows)))
    rows = type(rows)(**{**rows.__dict__, "values": skewed})

    model = fit_rows(spec, rows, Configuration("gradient_boosting", {"n_estimators": 1}), 0)

    told = answers(model, spec, rows.features)
    assert abs(np.median(told) - np.median(skewed)) < abs(np.median(told) - skewed.mean())
