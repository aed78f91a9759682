"""A fitted model and what it answers: probabilities of classes, or numbers."""

from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import StackingClassifier
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.model.pipeline import ClassModel, fold_probabilities

FittedModel: TypeAlias = ClassModel | TransformedTargetRegressor
"""The pipeline of a model of classes, calibrated or not
(`rookery_trainer.model.calibrated_classifier`), with a threshold or not
(`rookery_trainer.model.thresholded_classifier`); of numbers one that also undoes what was done to
its target (`rookery_trainer.model.target`)."""


def pipeline_of(model: FittedModel) -> Pipeline:
    """Returns the fitted pipeline, from the model's columns to what the estimator answers."""
    if isinstance(model, FixedThresholdClassifier):
        return pipeline_of(model.estimator)
    if isinstance(model, StackingClassifier):
        (pipeline,) = model.estimators_
        return pipeline
    return model if isinstance(model, Pipeline) else model.regressor_


def answers(model: FittedModel, spec: ModelSpec, features: pd.DataFrame) -> NDArray[np.float64]:
    """Returns the probabilities [N, classes] of a fitted model, or its values [N].

    A class that none of its training rows has gets 0.
    """
    if isinstance(model, ClassModel):
        return fold_probabilities(model, spec, features)
    with threadpool_limits(1, user_api="openmp"):
        values: NDArray[np.float64] = model.predict(features)
    return values
