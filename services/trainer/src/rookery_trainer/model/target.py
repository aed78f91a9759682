"""A number target as an estimator sees it: transformed, and less its training mean.

A model answers in float32, which has seven digits: of a target that lies around a million those
seven would leave nothing of its differences. So an estimator is fitted to what is left without the
mean, the exported graph answers that, and the mean is added in float64.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.task import Transform

CENTER = "center"
LOG = "log"
DOUBLE = "double"


@dataclass(frozen=True)
class TargetScale:
    """What a model's answer is to its graph's, and how far apart the answers lie."""

    center: float
    """What is added to the graph's answer: the mean of the transformed training target."""
    deviation: float
    """The standard deviation of the transformed training target."""
    transform: Transform
    """Whether the target was its logarithm."""


def make_transformer(spec: ModelSpec) -> Pipeline:
    """Makes the unfitted transformer of the spec's target: its logarithm if so, then centred."""
    steps: list[tuple[str, object]] = [
        (CENTER, StandardScaler(with_std=False)),
        # Of an estimator that answers in float32: its answers are added to the mean in float64.
        (DOUBLE, FunctionTransformer(None, np.positive, inv_kw_args={"dtype": "float64"})),
    ]
    if spec.transform == "log":
        steps.insert(0, (LOG, FunctionTransformer(np.log, np.exp)))
    for _, step in steps:
        if isinstance(step, FunctionTransformer):
            step.set_params(check_inverse=False)
    return Pipeline(steps)


def centred_regressor(spec: ModelSpec, training: NDArray[np.float64]) -> TransformedTargetRegressor:
    """Makes a regressor that has learned what is done to the target, but has no pipeline yet.

    Args:
        training: the training rows' values [N].
    """
    transformer = make_transformer(spec)
    model = TransformedTargetRegressor(transformer=transformer, check_inverse=False)
    model.transformer_ = make_transformer(spec).fit(training.reshape(-1, 1))
    model._training_dim = 1
    return model


def with_pipeline(
    model: TransformedTargetRegressor, pipeline: Pipeline
) -> TransformedTargetRegressor:
    """Gives a centred regressor the pipeline that was fitted to what it sees of the target.

    Its own `fit` would clone the pipeline and fit it in another way than ours.
    """
    model.set_params(regressor=clone(pipeline))
    model.regressor_ = pipeline
    if hasattr(pipeline, "feature_names_in_"):
        model.feature_names_in_ = pipeline.feature_names_in_
    return model


def seen_values(transformer: Pipeline, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the values [N] as the estimator sees them, by a fitted transformer."""
    seen: NDArray[np.float64] = transformer.transform(values.reshape(-1, 1)).ravel()
    return seen


def target_scale(model: TransformedTargetRegressor, training: NDArray[np.float64]) -> TargetScale:
    """Returns the scale of a fitted model whose training rows have these values [N]."""
    transformer: Pipeline = model.transformer_
    return TargetScale(
        center=float(transformer.named_steps[CENTER].mean_[0]),
        deviation=float(seen_values(transformer, training).std()),
        transform="log" if LOG in transformer.named_steps else "none",
    )
