"""The manifest of a serving bundle: what `model.onnx` is, takes and must answer.

A bundle is a folder of two files, `model.onnx` and `manifest.json`. The model's output
`probabilities` is float32 of shape [N, classes], in the order of the contract's classes. A model of
numbers has instead the output `prediction`, float32 of shape [N, 1]: the number, or its logarithm,
less `center`.

Format 1 is that of a first-version spec, as the first release wrote and reads it. Its model has one
input for each column of `model_columns`, named as the column, of shape [N, 1]: float32 (NaN where
missing), or string for a category (`MISSING_CATEGORY` where missing). Format 2 is that of
`spec: 2`; its model has one input, the feature table (`rookery_core.feature_table`).
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rookery_core.contract import Contract, is_first_version
from rookery_core.frozen import Frozen
from rookery_core.labels import TIE, Cut
from rookery_core.spec.column_names import OUTPUT
from rookery_core.spec.columns import MISSING
from rookery_core.spec.distributions import ParameterValue
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.label_decision import LabelDecision
from rookery_core.spec.monotone import Direction
from rookery_core.spec.source import Sha256
from rookery_core.spec.task import Transform

MODEL_FILE = "model.onnx"
MANIFEST_FILE = "manifest.json"
PROBABILITIES = OUTPUT
"""The name of the output of a model of classes."""
PREDICTION = "prediction"
"""The name of the output of a model of numbers."""
MISSING_CATEGORY = MISSING
"""What a missing category enters the model as: a NaN string does not convert."""
PROBABILITY_TOLERANCE = 1e-5
"""The largest difference between the bundle's and scikit-learn's probabilities."""
VALUE_TOLERANCE = 1e-5
"""The same of numbers, as a share of the manifest's `deviation`, before `transform` is undone."""


MAX_THRESHOLD = 1 + 4 * TIE
"""The threshold that no probability reaches."""


def output_of(contract: Contract) -> tuple[str, int]:
    """Returns the name of the model's output, and how many numbers it has for a row."""
    if contract.task == "regression":
        return PREDICTION, 1
    return PROBABILITIES, len(contract.classes)


FeatureValue = bool | float | str | None
"""A boolean, a number, a label, a moment as text, or None where missing."""


class GoldenPrediction(Frozen):
    """A row whose answer is known: the model is served only if it still says so."""

    inputs: dict[str, FeatureValue]
    """Feature name to value; None where missing."""
    label: Annotated[str, Field(exclude_if=lambda label: not label)] = ""
    """The class; empty where the answer is a number."""
    probabilities: Annotated[tuple[float, ...], Field(exclude_if=lambda each: not each)] = ()
    value: Annotated[float | None, Field(exclude_if=lambda value: value is None)] = None
    """The number; None where the answer is a class."""


class Calibration(Frozen):
    """What became of the estimator's probabilities p: softmax(scale * log(p)).

    Where there are two classes, `offset` is added to the second's score.
    """

    scale: Annotated[float, Field(gt=0)]
    offset: float = 0.0
    gain: float
    """The log loss that it saves on out-of-fold answers, each calibrated by the others."""


class Threshold(Frozen):
    """From which probability of the positive class on a row is answered as positive."""

    value: Annotated[float, Field(ge=0, le=MAX_THRESHOLD)]
    """Compared with less `TIE`; above 1 where no row is to be answered as positive."""
    decision: LabelDecision
    """What it was chosen for."""
    positive: str
    """The positive class, as the contract calls it."""
    out_of_fold: float
    """What labels by it are worth on out-of-fold answers: their total cost, or the metric."""
    out_of_fold_at_argmax: float
    """The same where the more probable class is answered."""

    def cut_of(self, classes: Sequence[str]) -> Cut:
        """Returns where these two classes are divided."""
        return Cut(list(classes).index(self.positive), self.value)


class Residuals(Frozen):
    """Between which residuals the share of the contract's `interval` lies, out of fold.

    They are added to a model's number, of which a logarithm is not undone yet.
    """

    low: Annotated[float, Field(le=0)]
    high: Annotated[float, Field(ge=0)]


class Manifest(Frozen):
    """What is true of the model in the bundle."""

    format: Literal[1, 2] = 1
    contract: Contract
    model_sha256: Sha256
    model_bytes: Annotated[int, Field(gt=0)]
    estimator: EstimatorName
    parameters: dict[str, ParameterValue]
    metrics: dict[str, float]
    """Hold-out metrics by name (`rookery_core.spec.task`); format 1 has the first four of them."""
    metric: str
    """The headline among the metrics."""
    data_digest: str
    """The content digest of the processed rows the model was trained from."""
    training_rows: int
    search_rows: Annotated[int | None, Field(exclude_if=lambda rows: rows is None)] = None
    """Training rows on which trials were compared; None where they were all of them."""
    holdout_rows: int
    spec_digest: Sha256
    sweep_id: str
    run_id: str
    """The MLflow run of the winning trial."""
    trained_at: str
    """UTC, ISO 8601."""
    center: Annotated[float, Field(exclude_if=lambda center: center == 0)] = 0.0
    """What is added to the model's number, in float64: the mean of the training target (of its
    logarithms). 0 of a model of classes."""
    deviation: Annotated[float, Field(ge=0, exclude_if=lambda deviation: deviation == 0)] = 0.0
    """The standard deviation of the training target (of its logarithms), by which tolerances are
    measured. 0 of a model of classes alone."""
    transform: Annotated[Transform, Field(exclude_if=lambda to: to == "none")] = "none"
    """What the model's number is of the answer: itself, or its logarithm."""
    residuals: Annotated[Residuals | None, Field(exclude_if=lambda each: each is None)] = None
    """How far the interval of an answer reaches; None where the contract has none."""
    calibration: Annotated[Calibration | None, Field(exclude_if=lambda each: each is None)] = None
    """How the probabilities were calibrated; the model's graph answers calibrated ones. None where
    it did not help, and of a model of numbers."""
    threshold: Annotated[Threshold | None, Field(exclude_if=lambda each: each is None)] = None
    """How probabilities become labels where the spec has a `decision`; None: the more probable
    class is answered."""
    monotone: Mapping[str, Direction] = Field(
        default_factory=dict, exclude_if=lambda monotone: not monotone
    )
    """Features with which answers never fall, or never rise."""
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
            if self.contract.task != "classification":
                raise ValueError(f"contract.task: {self.contract.task} needs format 2")
            if self.calibration is not None:
                raise ValueError("calibration needs format 2")
            if self.threshold is not None:
                raise ValueError("threshold needs format 2")
            if self.search_rows is not None:
                raise ValueError("search_rows needs format 2")
            if self.monotone:
                raise ValueError("monotone needs format 2")
        return self

    @model_validator(mode="after")
    def _of_its_task(self) -> Self:
        """Checks that the manifest has what belongs to its task, and nothing else."""
        if self.contract.task == "classification":
            self._check_classes()
        else:
            self._check_values()
        return self

    def _check_classes(self) -> None:
        if (self.center, self.deviation, self.transform) != (0, 0, "none"):
            raise ValueError("center, deviation and transform are of models of numbers alone")
        if self.residuals is not None:
            raise ValueError("residuals: a model of classes answers no interval")
        if self.threshold is not None:
            if len(self.contract.classes) != 2:
                raise ValueError("threshold: it divides two classes")
            if self.threshold.positive not in self.contract.classes:
                raise ValueError("threshold.positive: not one of the classes")
        if any(not row.label or row.value is not None for row in self.golden):
            raise ValueError("golden: a row of a model of classes has a label and no value")

    def _check_values(self) -> None:
        if self.calibration is not None:
            raise ValueError("calibration: a model of numbers has no probabilities")
        if self.threshold is not None:
            raise ValueError("threshold: a model of numbers has no probabilities")
        if self.deviation == 0:
            raise ValueError("deviation: the target of a model of numbers is not constant")
        if (self.residuals is None) != (self.contract.interval is None):
            raise ValueError("residuals: they belong to an interval of the contract")
        for row in self.golden:
            if row.value is None or row.label or row.probabilities:
                raise ValueError("golden: a row of a model of numbers has a value alone")
            if self.transform == "log" and row.value <= 0:
                raise ValueError("golden: a value whose logarithm was learned is above 0")

    @cached_property
    def cut(self) -> Cut | None:
        """Returns where the two classes are divided; None: the more probable one is answered."""
        return self.threshold.cut_of(self.contract.classes) if self.threshold else None
