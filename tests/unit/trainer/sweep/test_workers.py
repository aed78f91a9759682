"""Worker processes: what they return, and what they say while they work."""

from pathlib import Path

import numpy as np
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_trainer.data.shared_rows import shared
from rookery_trainer.model.answers import answers
from rookery_trainer.model.cross_validation import cross_validate, fit_rows
from rookery_trainer.model.trial import Configuration
from rookery_trainer.sweep.workers import WorkerContext, workers

CONFIGURATION = Configuration("random_forest", {"n_estimators": 2, "max_depth": 2})


def test_they_score_a_sample_of_mapped_rows_and_say_each_fold(tmp_path: Path) -> None:
    spec = spec_of()
    rows = second_snapshot(spec).training
    sample = rows.take(np.arange(0, len(rows), 2))
    context = WorkerContext(spec, shared(rows, tmp_path), 1, shared(sample, tmp_path))
    heard: list[tuple[int, int]] = []

    with workers(context, 1, lambda index, fold: heard.append((index, fold))) as pool:
        result = pool.evaluate(7, CONFIGURATION).result()

    assert result.scores == cross_validate(spec, sample, CONFIGURATION, 1)
    assert heard == [(7, fold) for fold in range(1, spec.folds + 1)]


def test_without_a_listener_they_work_all_the_same() -> None:
    spec = spec_of()
    rows = second_snapshot(spec).training

    with workers(WorkerContext(spec, rows, 1), 1) as pool:
        result = pool.evaluate(0, CONFIGURATION).result()

    assert result.scores == cross_validate(spec, rows, CONFIGURATION, 1)


def test_they_fit_the_best_one_to_all_rows_though_trials_see_a_sample(tmp_path: Path) -> None:
    spec = spec_of()
    rows = second_snapshot(spec).training
    sample = rows.take(np.arange(0, len(rows), 2))
    context = WorkerContext(spec, shared(rows, tmp_path), 1, shared(sample, tmp_path))

    with workers(context, 1) as pool:
        fitted = pool.fit(CONFIGURATION).result()

    expected = fit_rows(spec, rows, CONFIGURATION, 1)
    assert np.array_equal(
        answers(fitted, spec, rows.features), answers(expected, spec, rows.features)
    )
