"""A champion: a verified model version that answers rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from rookery_api.bundle import Bundle
from rookery_api.graph import check_graph
from rookery_api.rows import Row, RowValidator
from rookery_core.contract import CategoryFeature, Contract, NumberFeature
from rookery_core.errors import Refused
from rookery_core.labels import predicted_classes
from rookery_core.manifest import (
    MISSING_CATEGORY,
    PROBABILITIES,
    PROBABILITY_TOLERANCE,
    Manifest,
)

Columns = dict[str, NDArray[np.float32] | NDArray[np.object_]]
"""Feature to column [N, 1]: float32 with NaN, or text with `MISSING_CATEGORY`, where missing."""
Probabilities = NDArray[np.float32]
"""[N, classes], in the order of the contract's classes."""


@dataclass(frozen=True)
class Champion:
    """Answers like its golden predictions: `load` has seen to it."""

    version: str
    run_id: str
    manifest: Manifest
    manifest_sha256: str
    loaded_at: str
    """UTC, ISO 8601."""
    rows: RowValidator
    """Of `/predict`: closed."""
    records: RowValidator
    """Of `/invocations`: columns the model does not know are left out, as MLflow does."""
    session: onnxruntime.InferenceSession

    @property
    def contract(self) -> Contract:
        """What a request holds and what an answer may say."""
        return self.manifest.contract

    def columns(self, rows: Sequence[Row]) -> Columns:
        """The model's inputs for `rows`."""
        return _columns(self.contract, rows)

    def predict(self, columns: Mapping[str, NDArray[np.generic]]) -> Probabilities:
        """The probabilities of each row."""
        probabilities: Probabilities = self.session.run([PROBABILITIES], columns)[0]
        return probabilities


def load(bundle: Bundle, version: str, run_id: str) -> Champion:
    """A champion that is verified and warm.

    Raises:
        Refused: where the model cannot be loaded, has other columns or classes than its manifest,
            or answers a golden row otherwise.
    """
    manifest = bundle.manifest
    check_graph(bundle.model)
    champion = Champion(
        version=version,
        run_id=run_id,
        manifest=manifest,
        manifest_sha256=bundle.manifest_sha256,
        loaded_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        rows=RowValidator(manifest.contract),
        records=RowValidator(manifest.contract, extra_fields=True),
        session=_session(bundle.model),
    )
    _check_columns(champion)
    _check_golden(champion)
    return champion


def _session(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # A row takes microseconds: waking other threads would cost more than they bring.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    # onnxruntime's errors share no base but Exception.
    except Exception as error:
        raise Refused(f"onnxruntime cannot load the model: {type(error).__name__}") from error


def _check_columns(champion: Champion) -> None:
    expected = {
        feature.name: "tensor(float)" if isinstance(feature, NumberFeature) else "tensor(string)"
        for feature in champion.contract.features
    }
    found = {item.name: item.type for item in champion.session.get_inputs()}
    if found != expected:
        raise Refused(f"the model takes {found}, its manifest says {expected}")
    if any(item.shape[1:] != [1] for item in champion.session.get_inputs()):
        raise Refused("the model's inputs are not columns of shape [N, 1]")
    outputs = {item.name: item for item in champion.session.get_outputs()}
    if PROBABILITIES not in outputs or outputs[PROBABILITIES].type != "tensor(float)":
        raise Refused(f"the model has no float32 output {PROBABILITIES!r}")


def _check_golden(champion: Champion) -> None:
    golden, contract = champion.manifest.golden, champion.contract
    names = {feature.name for feature in contract.features}
    if any(set(row.inputs) != names for row in golden):
        raise Refused("a golden row has other features than the contract")
    if any(len(row.probabilities) != len(contract.classes) for row in golden):
        raise Refused("a golden row has not one probability for each class")
    try:
        answers = champion.predict(champion.columns([row.inputs for row in golden]))
        champion.predict(champion.columns([golden[0].inputs]))
    # As in _session.
    except Exception as error:
        raise Refused(f"the model fails on its golden rows: {type(error).__name__}") from error
    expected = np.array([row.probabilities for row in golden], dtype=np.float64)
    if answers.shape != expected.shape:
        raise Refused(f"the model answers {answers.shape[1:]} probabilities, not one a class")
    if not np.isfinite(answers).all():
        raise Refused("the model answers NaN on a golden row")
    if np.abs(answers - expected).max() > PROBABILITY_TOLERANCE:
        raise Refused("the model's probabilities differ from its golden predictions")
    labels = [contract.classes[index] for index in predicted_classes(answers)]
    if labels != [row.label for row in golden]:
        raise Refused("the model's labels differ from its golden predictions")


def _columns(contract: Contract, rows: Sequence[Row]) -> Columns:
    columns: Columns = {}
    for feature in contract.features:
        name = feature.name
        values = [row.get(name) for row in rows]
        if isinstance(feature, CategoryFeature):
            texts = [MISSING_CATEGORY if value is None else value for value in values]
            columns[name] = np.array(texts, dtype=object).reshape(-1, 1)
        else:
            numbers = [np.nan if value is None else value for value in values]
            columns[name] = np.array(numbers, dtype=np.float32).reshape(-1, 1)
    return columns
