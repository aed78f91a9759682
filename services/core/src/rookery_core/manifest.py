"""The manifest of a serving bundle: what `model.onnx` is, takes and must answer.

A bundle is a folder of two files, `model.onnx` and `manifest.json`. The model has one input for
each column of `model_columns`, named as the column, of shape [N, 1]: float32 (NaN where missing),
or string for a category (`MISSING_CATEGORY` where missing). Its output `probabilities` is float32
of shape [N, classes], in the order of the contract's classes.

Format 1 is that of a first-version spec, as the first release wrote and reads it; format 2 that of
`spec: 2`.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rookery_core.contract import Contract, is_first_version
from rookery_core.frozen import Frozen
from rookery_core.spec.column_names import OUTPUT
from rookery_core.spec.columns import MISSING
from rookery_core.spec.distributions import ParameterValue
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.source import Sha256

MODEL_FILE = "model.onnx"
MANIFEST_FILE = "manifest.json"
PROBABILITIES = OUTPUT
"""The name of the model's output."""
MISSING_CATEGORY = MISSING
"""What a missing category enters the model as: a NaN string does not convert."""
PROBABILITY_TOLERANCE = 1e-5
"""The largest difference between the bundle's and scikit-learn's probabilities."""

FeatureValue = bool | float | str | None
"""A boolean, a number, a label, a moment as text, or None where missing."""


class GoldenPrediction(Frozen):
    """A row whose answer is known: the model is served only if it still says so."""

    inputs: dict[str, FeatureValue]
    """Feature name to value; None where missing."""
    label: str
    probabilities: tuple[float, ...]


class Manifest(Frozen):
    """What is true of the model in the bundle."""

    format: Literal[1, 2] = 1
    contract: Contract
    model_sha256: Sha256
    model_bytes: Annotated[int, Field(gt=0)]
    estimator: EstimatorName
    parameters: dict[str, ParameterValue]
    metrics: dict[str, float]
    """Hold-out metrics by name: accuracy, balanced_accuracy, macro_f1, log_loss; of format 2 also
    roc_auc and average_precision."""
    metric: str
    """The headline among the metrics."""
    data_digest: str
    """The content digest of the processed rows the model was trained from."""
    training_rows: int
    holdout_rows: int
    spec_digest: Sha256
    sweep_id: str
    run_id: str
    """The MLflow run of the winning trial."""
    trained_at: str
    """UTC, ISO 8601."""
    golden: Annotated[tuple[GoldenPrediction, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _of_its_format(self) -> Self:
        """Checks that format 1 has only what the first version had."""
        if self.format == 1:
            if self.contract.folded_names:
                raise ValueError("contract.folded_names needs format 2")
            for position, feature in enumerate(self.contract.features):
                if not is_first_version(feature):
                    raise ValueError(f"contract.features[{position}] needs format 2")
        return self
