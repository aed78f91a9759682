"""Logged models: a trial's scikit-learn model in MLflow, where any plain client can load it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import mlflow.sklearn
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import LoggedModel, LoggedModelOutput
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, Schema, TensorSpec
from pandas import DataFrame
from sklearn.ensemble import StackingClassifier
from sklearn.model_selection import FixedThresholdClassifier
from skops.io.exceptions import UntrustedTypesFoundException

from rookery_core.contract import contract_of
from rookery_core.errors import Refused
from rookery_core.manifest import Manifest
from rookery_core.spec.columns import CategoryColumn
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.model_columns import model_columns, number_columns, request_frame
from rookery_trainer.estimators import ESTIMATORS
from rookery_trainer.failpoints import failpoint
from rookery_trainer.model.answers import FittedModel
from rookery_trainer.model.calibrated_classifier import TRUSTED_TYPES
from rookery_trainer.model.trial import Configuration
from rookery_trainer.scratch import scratch_folder
from rookery_trainer.tracking.client import Retrying
from rookery_trainer.tracking.runs import as_text, logged

READY: Literal["READY"] = "READY"
REQUIREMENTS = ("mlflow", "numpy", "pandas", "scikit-learn", "skops")
"""What loading any model needs; logged with the versions it was made with."""


NOTHING: Mapping[str, str] = MappingProxyType({})


def answered_by(manifest: Manifest) -> dict[str, str]:
    """Says what decides a model's answers beside its configuration, as its parameters in MLflow."""
    found: dict[str, float | str] = {}
    if manifest.calibration is not None:
        found["calibration_scale"] = manifest.calibration.scale
        found["calibration_offset"] = manifest.calibration.offset
    if manifest.threshold is not None:
        found["threshold"] = manifest.threshold.value
        found["positive"] = manifest.threshold.positive
    return {name: as_text(value) for name, value in found.items()}


class LoggedModels:
    """The models logged for the runs of one experiment."""

    def __init__(self, client: MlflowClient, retrying: Retrying, experiment_id: str) -> None:
        self._client = client
        self._retrying = retrying
        self._experiment_id = experiment_id

    def log(
        self,
        run_id: str,
        spec: ModelSpec,
        fitted: FittedModel,
        configuration: Configuration,
        answered_by: Mapping[str, str] = NOTHING,
    ) -> str:
        """Finds the run's logged model, or logs one; returns its id. It is READY.

        Args:
            answered_by: what else decides what it answers: its calibration, and its threshold.
        """
        for model in self._retrying.run(partial(self._of_run, run_id)):
            if model.status == READY and answered_by.items() <= model.params.items():
                return str(model.model_id)
            # A process that died had begun it, or it is the trial's model as it was first fitted.
            self._retrying.run(partial(self._client.delete_logged_model, model.model_id))
        model = self._retrying.run(
            lambda: self._client.create_logged_model(
                self._experiment_id,
                name=spec.name,
                source_run_id=run_id,
                params={
                    **{name: as_text(value) for name, value in logged(configuration).items()},
                    **answered_by,
                },
                model_type="classifier" if spec.task == "classification" else "regressor",
            )
        )
        failpoint("model files")
        with scratch_folder() as folder:
            path = folder / "model"
            save(path, spec, fitted, model, estimator=configuration.estimator, run_id=run_id)
            self._retrying.run(lambda: self._client.log_model_artifacts(model.model_id, str(path)))
        self._retrying.run(
            lambda: self._client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])
        )
        failpoint("model ready")
        self._retrying.run(lambda: self._client.finalize_logged_model(model.model_id, READY))
        return str(model.model_id)

    def _of_run(self, run_id: str) -> Sequence[LoggedModel]:
        found: Sequence[LoggedModel] = self._client.search_logged_models(
            [self._experiment_id], f"source_run_id = '{run_id}'"
        )
        return found


def save(
    path: Path,
    spec: ModelSpec,
    fitted: FittedModel,
    model: LoggedModel,
    *,
    estimator: EstimatorName,
    run_id: str,
) -> None:
    """Writes the MLflow model to the folder `path`: skops file, signature, example, requirements.

    Raises:
        Refused: the fitted model is made of a type nobody has reviewed.
    """
    with _reviewed(estimator):
        mlflow.sklearn.save_model(
            fitted,
            str(path),
            mlflow_model=Model(
                artifact_path=model.artifact_location,
                model_uuid=model.model_id,
                model_id=model.model_id,
                run_id=run_id,
            ),
            serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_SKOPS,
            signature=signature(spec),
            input_example=input_example(spec),
            # Without these, MLflow takes seconds to find them out.
            pip_requirements=[f"{name}=={version(name)}" for name in requirements(estimator)],
            skops_trusted_types=_trusted_types(fitted, estimator),
        )


def _trusted_types(fitted: FittedModel, estimator: EstimatorName) -> list[str]:
    known = ESTIMATORS[estimator].trusted_types
    if isinstance(fitted, FixedThresholdClassifier):
        return _trusted_types(fitted.estimator, estimator)
    return [*known, *(TRUSTED_TYPES if isinstance(fitted, StackingClassifier) else ())]


@contextmanager
def _reviewed(estimator: EstimatorName) -> Iterator[None]:
    """Refuses a type that nobody has reviewed: MLflow loads what it saves, and keeps nothing."""
    try:
        yield
    except MlflowException as error:
        found = error.__context__
        if not isinstance(found, UntrustedTypesFoundException):
            raise
        said = str(found).partition("\n")[0]
        raise Refused(
            f"a fitted {estimator} holds types that nobody has reviewed ({said}); "
            "review them and add them to its trusted_types in estimators.py"
        ) from error


def requirements(estimator: EstimatorName) -> tuple[str, ...]:
    """Names the packages that loading a model of the estimator needs."""
    return (*REQUIREMENTS, *ESTIMATORS[estimator].requirements)


def signature(spec: ModelSpec) -> ModelSignature:
    """Declares the types: numbers are doubles, categories and labels are texts.

    The inputs are the model's columns: a boolean is 0 or 1, a datetime its parts.
    """
    inputs: list[ColSpec | TensorSpec] = [
        ColSpec(
            DataType.string if isinstance(column, CategoryColumn) else DataType.double,
            name,
            required=not column.optional,
        )
        for column in spec.feature_columns
        for name in model_columns(column)
    ]
    answer = DataType.string if spec.task == "classification" else DataType.double
    return ModelSignature(Schema(inputs), Schema([ColSpec(answer)]))


def input_example(spec: ModelSpec) -> DataFrame:
    """Makes one typical row of the model's columns."""
    example = {feature.name: feature.example for feature in contract_of(spec).features}
    if spec.spec == 1:
        return DataFrame([example])
    return request_frame(spec, [example]).astype(dict.fromkeys(number_columns(spec), np.float64))
