"""Pipelines: what is fitted, and that it is the same each time."""

import numpy as np
import pytest
from tests.unit.trainer.support.estimators import CLASSIFIERS, SMALL
from tests.unit.trainer.support.penguins import (
    EVERYTHING,
    fitted,
    measured_rows,
    parted,
    species_spec,
)

from rookery_core.errors import Refused
from rookery_core.manifest import MISSING_CATEGORY
from rookery_core.spec.estimators import EstimatorName
from rookery_trainer.data.folds import least_class_rows
from rookery_trainer.model.pipeline import fit, probabilities
from rookery_trainer.model.trial import Configuration


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_the_same_seed_gives_the_same_model(estimator: EstimatorName) -> None:
    spec = species_spec(estimator, SMALL[estimator], EVERYTHING)
    snapshot = parted(spec, measured_rows(spec), seed=0)

    told = [
        probabilities(fitted(snapshot, SMALL[estimator], seed=3), spec, snapshot.holdout.features)
        for _ in range(2)
    ]

    assert (told[0] == told[1]).all()
    assert np.allclose(told[0].sum(axis=1), 1.0)


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_a_column_all_missing_within_a_fold_is_no_failure(estimator: EstimatorName) -> None:
    spec = species_spec(estimator, SMALL[estimator], EVERYTHING)
    rows = measured_rows(spec)
    rows.features["bill_length_mm"] = np.float32(np.nan)
    rows.features["island"] = MISSING_CATEGORY

    pipeline = fit(
        spec,
        Configuration(estimator, SMALL[estimator]),
        rows.features,
        np.array(spec.classes)[rows.labels],
        0,
    )

    assert np.isfinite(probabilities(pipeline, spec, rows.features)).all()


def test_a_class_without_a_row_is_refused() -> None:
    spec = species_spec()
    rows = measured_rows(spec)
    present = rows.take(np.flatnonzero(rows.labels != 1))
    pipeline = fit(
        spec,
        Configuration("random_forest", {"n_estimators": 5}),
        present.features,
        np.array(spec.classes)[present.labels],
        0,
    )

    with pytest.raises(Refused, match=r"no training row has class \['Chinstrap'\]"):
        probabilities(pipeline, spec, rows.features)


def test_equal_distances_are_made_unequal_once() -> None:
    spec = species_spec("k_nearest_neighbors", {"n_neighbors": 1}, ("island",))
    snapshot = parted(spec, measured_rows(spec), seed=0)

    pipeline = fitted(snapshot, {"n_neighbors": 1}, seed=0)

    points = pipeline[:-1].transform(snapshot.training.features)
    distances, _ = pipeline.named_steps["estimator"].kneighbors(points[:1], 20)
    assert len(np.unique(distances)) == 20
    assert distances.max() < 1e-5


@pytest.mark.parametrize(
    ("estimator", "folds", "least"),
    [("random_forest", 2, 5), ("random_forest", 8, 8), ("calibrated_svc", 2, 6)],
)
def test_every_use_of_the_rows_decides_how_many_are_needed(
    estimator: EstimatorName, folds: int, least: int
) -> None:
    spec = species_spec(estimator, SMALL[estimator]).model_copy(update={"folds": folds})

    assert least_class_rows(spec) == least


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_the_least_rows_are_enough_for_every_fold(estimator: EstimatorName) -> None:
    spec = species_spec(estimator, SMALL[estimator])
    rows = measured_rows(spec)
    least = least_class_rows(spec)
    few = np.concatenate([np.flatnonzero(rows.labels == label)[-least:] for label in range(3)])
    # One member of each class is in the test fold.
    training = rows.take(np.setdiff1d(few, few[::least]))

    pipeline = fit(
        spec,
        Configuration(estimator, {**SMALL[estimator], **_small(estimator)}),
        training.features,
        np.array(spec.classes)[training.labels],
        0,
    )

    assert np.isfinite(probabilities(pipeline, spec, rows.features)).all()


def _small(estimator: EstimatorName) -> dict[str, int]:
    return {"n_neighbors": 3} if estimator == "k_nearest_neighbors" else {}
