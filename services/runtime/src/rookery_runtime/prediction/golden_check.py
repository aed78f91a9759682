"""Golden predictions: a model is served only if it still answers them as its manifest says."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rookery_core.errors import Refused
from rookery_core.labels import predicted_classes
from rookery_core.manifest import (
    PROBABILITY_TOLERANCE,
    VALUE_TOLERANCE,
    Manifest,
    output_of,
)
from rookery_core.values import learned_numbers
from rookery_runtime.prediction.input_columns import ModelInputs
from rookery_runtime.prediction.onnx_session import Session

_KINDS = {"number": float, "boolean": bool, "category": str, "datetime": str}
"""What a golden row holds of each kind of feature."""


def check_golden_rows(manifest: Manifest) -> None:
    """Returns where each golden row has the contract's features, and an answer of its task.

    Raises:
        Refused: otherwise.
    """
    contract = manifest.contract
    kinds = {feature.name: _KINDS[feature.kind] for feature in contract.features}
    for row in manifest.golden:
        if row.inputs.keys() != kinds.keys():
            raise Refused("a golden row has other features than the contract")
        if any(v is not None and type(v) is not kinds[k] for k, v in row.inputs.items()):
            raise Refused("a golden row has a value of another kind than the contract's")
        if contract.task == "regression":
            continue
        if len(row.probabilities) != len(contract.classes):
            raise Refused("a golden row has not one probability for each class")


def check_golden(manifest: Manifest, session: Session) -> None:
    """Returns where the model answers its golden rows, all at once and the first alone.

    Raises:
        Refused: otherwise.
    """
    check_golden_rows(manifest)
    inputs: list[Any] = [row.inputs for row in manifest.golden]
    made = ModelInputs(manifest.contract, session)
    try:
        answers = session.run(made.of_rows(inputs))
        alone = session.run(made.of_rows(inputs[:1]))
    # onnxruntime's errors share no base but Exception.
    except Exception as error:
        raise Refused(f"the model fails on its golden rows: {type(error).__name__}") from error
    output, width = output_of(manifest.contract)
    if answers.shape != (len(inputs), width) or alone.shape != (1, width):
        one = "one number a row" if manifest.contract.task == "regression" else "one a class"
        raise Refused(f"the model answers {answers.shape[1:]} {output}, not {one}")
    if not (np.isfinite(answers).all() and np.isfinite(alone).all()):
        raise Refused("the model answers NaN on a golden row")
    check = _check_values if manifest.contract.task == "regression" else _check_classes
    check(manifest, answers, alone)


def _check_classes(
    manifest: Manifest, answers: NDArray[np.float32], alone: NDArray[np.float32]
) -> None:
    golden, contract = manifest.golden, manifest.contract
    expected = np.array([row.probabilities for row in golden], dtype=np.float64)
    differences = max(np.abs(answers - expected).max(), np.abs(alone - expected[:1]).max())
    if differences > PROBABILITY_TOLERANCE:
        raise Refused("the model's probabilities differ from its golden predictions")
    labels = [contract.classes[index] for index in predicted_classes(answers, manifest.cut)]
    if labels != [row.label for row in golden]:
        raise Refused("the model's labels differ from its golden predictions")


def _check_values(
    manifest: Manifest, answers: NDArray[np.float32], alone: NDArray[np.float32]
) -> None:
    """Compares what was learned: of values far apart, a logarithm has one tolerance for all."""
    values = np.array([row.value for row in manifest.golden], dtype=np.float64)
    expected = learned_numbers(values, manifest.transform)
    # The value itself is one of float64.
    allowed = VALUE_TOLERANCE * manifest.deviation + np.spacing(np.abs(expected))
    for found in (answers, alone):
        rows = slice(len(found))
        learned = found[:, 0].astype(np.float64) + manifest.center
        if (np.abs(learned - expected[rows]) > allowed[rows]).any():
            raise Refused("the model's numbers differ from its golden predictions")
