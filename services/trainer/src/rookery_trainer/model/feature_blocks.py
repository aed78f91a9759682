"""What an estimator sees of the model's columns: numbers, ranks, means and one-hot codes.

Every number passes a median imputer unless the estimator takes missing ones, and only estimators
that measure distances are scaled. A category with `ordered: true` is its label's place among the
listed values, and a number from there on; an unknown label has no place, and is missing. One with
`encoding: target` is the target's mean in its label's rows. Every other is one-hot over the spec's
own labels or those of the training rows.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler, TargetEncoder

from rookery_core.manifest import MISSING_CATEGORY
from rookery_core.spec.columns import CategoryColumn
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import Fold
from rookery_trainer.data.model_columns import category_columns, number_columns
from rookery_trainer.estimators import ESTIMATORS, Estimator

NUMBERS = "numbers"
RANKS = "ranks"
MEANS = "means"
CATEGORIES = "categories"
"""The blocks, in the order of what the estimator sees."""
IMPUTER = "imputer"
SCALER = "scaler"
ENCODER = "encoder"
SMOOTHING = 10.0
"""A label's mean counts so many rows more than it has, which have the mean of all rows."""
LEAST_ROWS = 5
"""A label with fewer rows has the mean of all rows: no mean in a bundle tells of one person."""


def ranked_columns(spec: ModelSpec) -> list[CategoryColumn]:
    """Selects the categories that enter as ranks."""
    return [column for column in category_columns(spec) if column.ordered]


def mean_columns(spec: ModelSpec) -> list[CategoryColumn]:
    """Selects the categories that enter as means of the target."""
    return [column for column in category_columns(spec) if column.encoding == "target"]


def onehot_columns(spec: ModelSpec) -> list[CategoryColumn]:
    """Selects the categories that enter as a column for each label."""
    others = {column.name for column in (*ranked_columns(spec), *mean_columns(spec))}
    return [column for column in category_columns(spec) if column.name not in others]


def make_blocks(spec: ModelSpec, estimator: EstimatorName) -> ColumnTransformer:
    """Makes the unfitted blocks of what the estimator sees; no category of `spec` is open."""
    known = ESTIMATORS[estimator]
    numbers, steps = number_columns(spec), _number_steps(known)
    ranked, means, onehot = ranked_columns(spec), mean_columns(spec), onehot_columns(spec)
    blocks: list[tuple[str, Any, list[str]]] = []
    if numbers:
        blocks.append((NUMBERS, Pipeline(steps) if steps else "passthrough", numbers))
    if ranked:
        places = OrdinalEncoder(
            categories=[list(column.labels) for column in ranked],
            handle_unknown="use_encoded_value",
            unknown_value=np.nan,
            dtype=np.float32,
        )
        blocks.append((RANKS, Pipeline([(ENCODER, places), *_number_steps(known)]), _names(ranked)))
    if means:
        encoder = TargetEncoder(
            categories=_with_missing(means),
            target_type="continuous" if spec.task == "regression" else "auto",
            smooth=SMOOTHING,
        )
        scaler = [(SCALER, StandardScaler())] if known.scaled else []
        blocks.append((MEANS, Pipeline([(ENCODER, encoder), *scaler]), _names(means)))
    if onehot:
        codes = OneHotEncoder(
            categories=_with_missing(onehot),
            handle_unknown="ignore",
            sparse_output=False,
            dtype=np.float32,
        )
        blocks.append((CATEGORIES, codes, _names(onehot)))
    return ColumnTransformer(blocks, sparse_threshold=0.0, verbose_feature_names_out=False)


def fit_blocks(
    blocks: ColumnTransformer,
    features: pd.DataFrame,
    target: NDArray[Any],
    folds: Sequence[Fold] | None,
) -> NDArray[np.floating]:
    """Fits the blocks to rows; returns what the estimator is fitted to [N, columns].

    A label's mean in a row is that of the rows of other folds, so that no row sees its own target.
    Of a row that is not among these, it is that of all.

    Args:
        folds: by which means are made; None where there are none.
    """
    unfitted = {name: block for name, block, _ in blocks.transformers}
    # Without folds of ours, each row would see a mean that its own target is in.
    assert (folds is None) == (MEANS not in unfitted)
    if folds is None:
        blocks.fit(features, target)
        _round_scalers(blocks)
        return np.asarray(blocks.transform(features))
    encoder: TargetEncoder = unfitted[MEANS].named_steps[ENCODER]
    own = encoder.cv
    encoder.set_params(cv=list(folds))
    crossed = blocks.fit_transform(features, target)
    # Positions of rows say nothing to whoever reads the model.
    encoder.set_params(cv=own)
    fitted: TargetEncoder = blocks.named_transformers_[MEANS].named_steps[ENCODER]
    fitted.set_params(cv=own)
    _finish_means(fitted, features)
    _round_scalers(blocks)
    points = blocks.transform(features)
    means = blocks.output_indices_[MEANS]
    points[:, means] = crossed[:, means]
    return np.asarray(points).astype(np.float32)


def _finish_means(encoder: TargetEncoder, features: pd.DataFrame) -> None:
    """Rounds the means to float32, and gives labels of few rows the mean of all."""
    whole = np.atleast_1d(np.asarray(encoder.target_mean_)).astype(np.float32).astype(np.float64)
    encoder.target_mean_ = whole if np.ndim(encoder.target_mean_) else whole[0]
    finished = []
    for place, means in enumerate(encoder.encodings_):
        column = place // len(whole)
        counts = features[encoder.feature_names_in_[column]].value_counts()
        rows = np.array([counts.get(label, 0) for label in encoder.categories_[column]])
        rounded = means.astype(np.float32).astype(np.float64)
        finished.append(np.where(rows < LEAST_ROWS, whole[place % len(whole)], rounded))
    encoder.encodings_ = finished


def _number_steps(known: Estimator) -> list[tuple[str, Any]]:
    """Makes what becomes of numbers; nothing where the estimator takes missing ones."""
    if known.boosted:
        return []
    # keep_empty_features: a column may be all missing within a fold, though never in the whole.
    imputer = (IMPUTER, SimpleImputer(strategy="median", keep_empty_features=True))
    return [imputer, (SCALER, StandardScaler())] if known.scaled else [imputer]


def _with_missing(columns: Sequence[CategoryColumn]) -> list[list[str]]:
    return [[*column.labels, MISSING_CATEGORY] for column in columns]


def _names(columns: Sequence[CategoryColumn]) -> list[str]:
    return [column.name for column in columns]


def _round_scalers(blocks: ColumnTransformer) -> None:
    """Rounds what scalers subtract and divide by to float32, as the exported model has it.

    A column whose values are near to each other, such as years, would else differ visibly.
    """
    for block in blocks.named_transformers_.values():
        if isinstance(block, Pipeline) and SCALER in block.named_steps:
            scaler = block.named_steps[SCALER]
            scaler.mean_ = scaler.mean_.astype(np.float32).astype(np.float64)
            scaler.scale_ = scaler.scale_.astype(np.float32).astype(np.float64)
