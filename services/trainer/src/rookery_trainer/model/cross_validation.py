"""Cross-validation of one configuration on the training rows."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.snapshot import Rows
from rookery_trainer.model.pipeline import fit, make_pipeline, probabilities
from rookery_trainer.model.scores import Scores, over_folds, score
from rookery_trainer.model.trial import Parameters

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Positions of the training rows and of the test rows."""


def cross_validate(spec: ModelSpec, rows: Rows, parameters: Parameters, seed: int) -> Scores:
    """Scores a configuration over the spec's folds, fitting it on all folds but one each time.

    The folds depend on the spec and the rows alone: every trial of a sweep sees the same.
    """
    scores = []
    for training, test in folds(spec, rows.labels):
        fitted = fit_rows(spec, rows.take(training), parameters, seed)
        unseen = rows.take(test)
        scores.append(score(unseen.labels, probabilities(fitted, spec, unseen.features)))
    return over_folds(scores)


def fit_rows(spec: ModelSpec, rows: Rows, parameters: Parameters, seed: int) -> Pipeline:
    """Fits the configuration to all `rows`."""
    labels = np.array(spec.classes)[rows.labels]
    return fit(make_pipeline(spec, parameters, seed), spec, rows.features, labels, seed)


def folds(spec: ModelSpec, labels: NDArray[np.intp]) -> Iterator[Fold]:
    """Yields the spec's stratified folds."""
    splitter = StratifiedKFold(spec.folds, shuffle=True, random_state=spec.seed)
    yield from splitter.split(np.empty((len(labels), 0)), labels)
