"""A loaded model: the graph that a child has rebuilt, loaded, and the manifest it keeps to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rookery_core.contract import Contract
from rookery_core.errors import Refused
from rookery_core.manifest import Manifest
from rookery_core.values import answered_values, value_intervals
from rookery_runtime.prediction.golden_check import check_golden
from rookery_runtime.prediction.input_columns import Columns, ModelInputs, Row
from rookery_runtime.prediction.onnx_session import Probabilities, Session, Values
from rookery_runtime.reading.child import Reading
from rookery_runtime.reading.memory import memory_left


@dataclass(frozen=True)
class LoadedModel:
    """Answers rows as its golden predictions foretell: `load_model` has seen to it."""

    manifest: Manifest
    session: Session
    inputs: ModelInputs
    steps_per_row: float
    """Multiplications, comparisons and the like that one row takes, at most."""

    @property
    def contract(self) -> Contract:
        """What a request holds and what an answer may say."""
        return self.manifest.contract

    def columns(self, rows: Sequence[Row]) -> Columns:
        """Answers the model's inputs for `rows`."""
        return self.inputs.of_rows(rows)

    def joined(self, columns: Columns) -> Columns:
        """Answers the model's inputs of a column [N, 1] for each of the model's."""
        return self.inputs.of_columns(columns)

    def probabilities(self, columns: Mapping[str, NDArray[np.generic]]) -> Probabilities:
        """Answers the probabilities of each row, where the model is one of classes."""
        return self.session.run(columns)

    def values(self, columns: Mapping[str, NDArray[np.generic]]) -> Values:
        """Answers the number of each row, where the model is one of numbers."""
        manifest = self.manifest
        return answered_values(self.session.run(columns), manifest.center, manifest.transform)

    def intervals(self, values: Values) -> Values | None:
        """Answers the interval [N, 2] round each of its numbers [N]; None where it has none."""
        found = self.manifest.residuals
        if found is None:
            return None
        return value_intervals(values, found.low, found.high, self.manifest.transform)


def load_model(manifest: Manifest, reading: Reading) -> LoadedModel:
    """Loads what a child has read; the model is verified and warm.

    Raises:
        Refused: where memory does not suffice for it, or it answers a golden row otherwise.
    """
    left = memory_left()
    if reading.loading > left:
        raise Refused(
            f"loading the model takes about {reading.loading >> 20} MiB, and {left >> 20} MiB are "
            "left; raise the memory limit, or train a smaller one"
        )
    session = Session(reading.graph)
    check_golden(manifest, session)
    inputs = ModelInputs(manifest.contract, session)
    return LoadedModel(manifest, session, inputs, reading.steps / reading.rows)
