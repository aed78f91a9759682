"""The scikit-learn pipeline of a reviewed estimator: what is fitted, and how.

Every number passes a median imputer, every category is one-hot over the spec's own values, and only
estimators that measure distances are scaled.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from rookery_core.errors import Refused
from rookery_core.manifest import MISSING_CATEGORY
from rookery_core.spec.columns import CategoryColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.estimators import ESTIMATORS
from rookery_trainer.model.trial import Parameters

NUMBERS = "numbers"
CATEGORIES = "categories"
FEATURES = "features"
ESTIMATOR = "estimator"
IMPUTER = "imputer"
SCALER = "scaler"


def make_pipeline(spec: ModelSpec, parameters: Parameters, seed: int) -> Pipeline:
    """Makes the unfitted pipeline of `spec.estimator` with `parameters`, deterministic by `seed`.

    It takes a frame with the spec's features as columns: float32 numbers (NaN where missing) and
    categories as text (`MISSING_CATEGORY` where missing; another unknown text counts as none of
    the values). Its classes are the labels, in alphabetical order. One thread.
    """
    return Pipeline(
        [
            (FEATURES, _features(spec)),
            (ESTIMATOR, ESTIMATORS[spec.estimator].make(dict(parameters), seed)),
        ]
    )


def fit(
    pipeline: Pipeline,
    spec: ModelSpec,
    features: pd.DataFrame,
    labels: NDArray[np.str_],
    seed: int,
) -> Pipeline:
    """Fits the spec's `pipeline` to rows of `features` and their `labels` [N], the classes' names.

    For k-nearest neighbours each training point is first moved by up to its `jitter`, drawn by
    `seed`. Neighbours at equal distances would otherwise be chosen by the search's internal order,
    which no other implementation shares; this way no two distances are equal, and the exported
    model finds the same neighbours.
    """
    jitter = ESTIMATORS[spec.estimator].jitter
    if not jitter:
        return pipeline.fit(features, labels)
    points = pipeline[:-1].fit_transform(features, labels).astype(np.float64)
    moves = np.random.default_rng(seed).uniform(-jitter, jitter, points.shape)
    pipeline.named_steps[ESTIMATOR].fit(points + moves, labels)
    return pipeline


def probabilities(
    pipeline: Pipeline, spec: ModelSpec, features: pd.DataFrame
) -> NDArray[np.float64]:
    """Returns the probabilities [N, classes] of a fitted pipeline, in the spec's order of classes.

    Raises:
        Refused: a class had no training row.
    """
    known = list(pipeline.classes_)
    absent = [label for label in spec.classes if label not in known]
    if absent:
        raise Refused(f"no training row has class {absent}; add rows or take it out of the spec")
    order = [known.index(label) for label in spec.classes]
    found: NDArray[np.float64] = pipeline.predict_proba(features)[:, order].astype(np.float64)
    return found


def _features(spec: ModelSpec) -> ColumnTransformer:
    numbers = [column.name for column in spec.feature_columns if isinstance(column, NumberColumn)]
    categories = [column for column in spec.feature_columns if isinstance(column, CategoryColumn)]
    # keep_empty_features: a column may be all missing within a fold, though never in the whole.
    steps: list[tuple[str, Any]] = [
        (IMPUTER, SimpleImputer(strategy="median", keep_empty_features=True))
    ]
    if ESTIMATORS[spec.estimator].scaled:
        steps.append((SCALER, StandardScaler()))
    encoder = OneHotEncoder(
        categories=[[*column.labels, MISSING_CATEGORY] for column in categories],
        handle_unknown="ignore",
        sparse_output=False,
        dtype=np.float32,
    )
    blocks: list[tuple[str, Any, list[str]]] = []
    if numbers:
        blocks.append((NUMBERS, Pipeline(steps), numbers))
    if categories:
        blocks.append((CATEGORIES, encoder, [column.name for column in categories]))
    return ColumnTransformer(blocks, sparse_threshold=0.0, verbose_feature_names_out=False)
