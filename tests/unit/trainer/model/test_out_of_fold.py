"""Out-of-fold answers are those of the trial's own fits."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from tests.some import some
from tests.unit.trainer.support.penguins import drawn_rows, species_spec
from tests.unit.trainer.support.regression import number_snapshot, number_spec
from threadpoolctl import threadpool_limits

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.rows import Rows
from rookery_trainer.model.cross_validation import cross_validate
from rookery_trainer.model.out_of_fold import out_of_fold
from rookery_trainer.model.scores import score
from rookery_trainer.model.trial import Configuration
from rookery_trainer.model.value_scores import value_score

CONFIGURATION = Configuration("logistic_regression", {"C": 1.0})


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def spec() -> ModelSpec:
    return species_spec("logistic_regression", CONFIGURATION.parameters)


@pytest.fixture(scope="module")
def rows(spec: ModelSpec) -> Rows:
    return drawn_rows(spec, 120, np.random.default_rng(0))


def test_each_row_is_answered_by_the_fold_that_tests_it(spec: ModelSpec, rows: Rows) -> None:
    found = out_of_fold(spec, rows, CONFIGURATION, 1, map)

    trial = cross_validate(spec, rows, CONFIGURATION, 1)
    losses = [
        score(rows.labels[found.fold == fold], found.answers[found.fold == fold]).log_loss
        for fold in some(range(spec.folds))
    ]
    assert np.mean(losses) == pytest.approx(trial.estimates["log_loss"].mean, rel=1e-12)
    assert found.tested.all()


def test_by_time_the_earliest_rows_are_answered_by_no_fold(spec: ModelSpec, rows: Rows) -> None:
    timed = Rows(rows.features, rows.labels, rows.keys, moments=np.arange(len(rows)))

    found = out_of_fold(spec, timed, CONFIGURATION, 1, map)

    assert set(found.fold[: len(rows) // (spec.folds + 1)]) == {-1}
    assert np.isnan(found.answers[~found.tested]).all()
    assert np.isfinite(found.answers[found.tested]).all()
    assert found.fold.max() == spec.folds - 1


def test_the_estimator_is_the_configurations_own(spec: ModelSpec, rows: Rows) -> None:
    neighbors = Configuration("k_nearest_neighbors", {"n_neighbors": 1})

    found = out_of_fold(spec, rows, neighbors, 1, map)

    assert set(np.unique(found.answers)) == {0.0, 1.0}


def test_the_mapper_does_not_matter(spec: ModelSpec, rows: Rows) -> None:
    def backwards(function: Any, tasks: Iterable[Any], /) -> list[Any]:
        return [function(task) for task in reversed(list(tasks))][::-1]

    configuration = Configuration("random_forest", {"n_estimators": 5})

    one = out_of_fold(spec, rows, configuration, 1, map)
    other = out_of_fold(spec, rows, configuration, 1, backwards)

    assert np.array_equal(one.answers, other.answers)


def test_out_of_fold_values_are_those_that_the_trial_was_scored_on() -> None:
    spec = number_spec()
    rows = number_snapshot(spec).training
    configuration = Configuration("random_forest", {"n_estimators": 5})

    found = out_of_fold(spec, rows, configuration, 1, map)

    trial = cross_validate(spec, rows, configuration, 1)
    errors = [
        value_score(rows.target_values[found.fold == fold], found.answers[found.fold == fold]).rmse
        for fold in some(range(spec.folds))
    ]
    assert found.answers.shape == (len(rows),)
    assert np.mean(errors) == pytest.approx(trial.estimates["rmse"].mean, rel=1e-12)
