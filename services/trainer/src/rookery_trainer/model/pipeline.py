"""The scikit-learn pipeline of a reviewed estimator: what is fitted, and how."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import StackingClassifier
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.boosting.estimators import fit_boosted, keep_in_order
from rookery_trainer.data.folds import Fold
from rookery_trainer.estimators import ESTIMATORS, make_estimator
from rookery_trainer.model.feature_blocks import fit_blocks, make_blocks
from rookery_trainer.model.monotone import directions
from rookery_trainer.model.trial import Configuration

FEATURES = "features"
ESTIMATOR = "estimator"

ClassModel: TypeAlias = Pipeline | StackingClassifier | FixedThresholdClassifier
"""A fitted pipeline of classes, or a calibrated one; either with a threshold or without."""


def make_pipeline(spec: ModelSpec, configuration: Configuration, seed: int) -> Pipeline:
    """Makes the unfitted pipeline of the configuration for the spec's task.

    It takes a frame with the model's columns: float32 numbers (NaN where missing) and categories as
    text (`MISSING_CATEGORY` where missing; another unknown text counts as none of the labels). Its
    classes are the labels of the target, in alphabetical order; where the target is a number it
    answers one. One thread; deterministic by `seed`. No category of
    `spec` is open.
    """
    estimator = make_estimator(
        configuration.estimator, spec.task, spec.loss, dict(configuration.parameters), seed
    )
    return Pipeline(
        [
            (FEATURES, make_blocks(spec, configuration.estimator)),
            (ESTIMATOR, estimator),
        ]
    )


def fit(
    spec: ModelSpec,
    configuration: Configuration,
    features: pd.DataFrame,
    target: NDArray[np.str_] | NDArray[np.float64],
    seed: int,
    *,
    inner_folds: Sequence[Fold] | None = None,
    encoding_folds: Sequence[Fold] | None = None,
    splits: Sequence[Fold] = (),
    weights: NDArray[np.float64] | None = None,
    final: bool = False,
) -> Pipeline:
    """Fits the configuration to rows of `features` and their `target` [N].

    The target is the classes' names, or numbers as the estimator is to see them.

    For k-nearest neighbours each training point is first moved by up to its `jitter`, drawn by
    `seed`. Neighbours at equal distances would otherwise be chosen by the search's internal order,
    which no other implementation shares; this way no two distances are equal, and the exported
    model finds the same neighbours.

    Args:
        inner_folds: those of an estimator that divides its training rows itself; None: its own.
        encoding_folds: by which means of the target are made; None where there are none.
        splits: of a boosted one, the rows that it is fitted to and those that it stops by.
        weights: [N] how much each row counts for the estimator; None: each alike.
        final: whether the model is to be served, not compared with others.
    """
    pipeline = make_pipeline(spec, configuration, seed)
    known, estimator = ESTIMATORS[configuration.estimator], pipeline.named_steps[ESTIMATOR]
    if spec.spec == 1 and not known.jitter and not known.boosted:
        return pipeline.fit(features, target)
    if spec.spec == 2:
        points = fit_blocks(pipeline.named_steps[FEATURES], features, target, encoding_folds)
    else:
        points = pipeline[:-1].fit(features, target).transform(features)
    if known.jitter or known.linear:
        points = points.astype(np.float64)
    if known.jitter:
        moves = np.random.default_rng(seed).uniform(-known.jitter, known.jitter, points.shape)
        points = points + moves
    if known.boosted:
        if spec.monotone:
            keep_in_order(
                estimator, directions(spec, pipeline.named_steps[FEATURES], points.shape[1])
            )
        fit_boosted(estimator, points, target, splits, weights, final=final)
        return pipeline
    weighted = {} if weights is None else {"sample_weight": weights}
    if inner_folds is None:
        estimator.fit(points, target, **weighted)
        return pipeline
    own = estimator.cv
    estimator.set_params(cv=inner_folds).fit(points, target, **weighted)
    # Positions of rows say nothing to whoever reads the model.
    estimator.set_params(cv=own)
    return pipeline


def probabilities(
    pipeline: ClassModel, spec: ModelSpec, features: pd.DataFrame
) -> NDArray[np.float64]:
    """Returns the probabilities [N, classes] of a fitted pipeline, in the spec's order of classes.

    Raises:
        Refused: a class had no training row.
    """
    absent = [label for label in spec.classes if label not in list(pipeline.classes_)]
    if absent:
        raise Refused(f"no training row has class {absent}; add rows or take it out of the spec")
    return fold_probabilities(pipeline, spec, features)


def fold_probabilities(
    pipeline: ClassModel, spec: ModelSpec, features: pd.DataFrame
) -> NDArray[np.float64]:
    """Returns the same, and 0 for a class that none of its training rows has.

    The training rows of one fold by group or by time may lack a class.
    """
    # On a busy machine, threads that wait for each other take most of the time.
    with threadpool_limits(1, user_api="openmp"):
        told = pipeline.predict_proba(features).astype(np.float64)
    known = list(pipeline.classes_)
    found = np.zeros((len(told), len(spec.classes)))
    for place, label in enumerate(spec.classes):
        if label in known:
            found[:, place] = told[:, known.index(label)]
    return found
