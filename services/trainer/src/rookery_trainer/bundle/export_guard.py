"""The export guard: only a pipeline of a reviewed form is exported."""

from typing import Any

from sklearn.base import BaseEstimator
from sklearn.model_selection import BaseCrossValidator
from sklearn.pipeline import Pipeline

from rookery_core.errors import Refused
from rookery_core.spec.estimators import SEARCHABLE, EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.model.pipeline import make_pipeline
from rookery_trainer.model.trial import Configuration

_FREE = frozenset(
    {"random_state", "max_iter", "objective", "monotonic_cst", "monotone_constraints"}
)
"""Parameters that make no difference to the export, or that it reads itself."""


def check_exportable(pipeline: Pipeline, spec: ModelSpec, estimator: EstimatorName) -> None:
    """Checks that `pipeline` is what `make_pipeline` makes for the spec and the estimator.

    Other forms are converted without a warning into models that answer differently: a forest on
    native missing values or behind a scaler, or neighbours weighted by distance.

    Raises:
        Refused: naming the first part that differs.
    """
    reviewed = _parts(make_pipeline(spec, Configuration(estimator, {}), 0), estimator)
    found = _parts(pipeline, estimator)
    for name in sorted(reviewed.keys() | found.keys()):
        if reviewed.get(name) != found.get(name):
            raise Refused(
                f"the pipeline of {spec.name!r} has {name} = {found.get(name)}, reviewed is "
                f"{reviewed.get(name)}; build it with make_pipeline"
            )


def _parts(pipeline: Pipeline, estimator: EstimatorName) -> dict[str, str]:
    """Lists every parameter of every step by its path, except those a search space may name."""
    ignored = SEARCHABLE[estimator].domains.keys() | _FREE
    return {
        path: _told(value)
        for path, value in pipeline.get_params(deep=True).items()
        if not (path.startswith("estimator__") and path.rsplit("__", 1)[1] in ignored)
    }


def _told(value: Any) -> str:
    if isinstance(value, (BaseEstimator, BaseCrossValidator)):
        return type(value).__name__
    if isinstance(value, (list, tuple)):
        return repr([_told(item) for item in value])
    return repr(value)
