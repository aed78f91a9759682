"""A bundle's model as the API runs it: what is verified and scored is what will be served."""

import asyncio
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from rookery_core.contract import Contract
from rookery_core.manifest import Manifest
from rookery_core.model_columns import model_columns
from rookery_core.values import answered_values
from rookery_runtime.bundle import bundle_of
from rookery_runtime.graph.rebuild import rebuild
from rookery_runtime.prediction.input_columns import ModelInputs
from rookery_runtime.prediction.onnx_session import Session
from rookery_runtime.reading.child import read_bundle
from rookery_trainer.model.row_blocks import in_blocks
from rookery_trainer.model.target import TargetScale


class ServedModel:
    """An ONNX model and the contract by which it is fed."""

    def __init__(
        self, session: Session, contract: Contract, scale: TargetScale | None = None
    ) -> None:
        self.scale = scale
        """What its values are to the graph's numbers; None of a model of classes."""
        self._session = session
        self._columns = model_columns(contract)
        self._inputs = ModelInputs(contract, session)

    @classmethod
    def exported(cls, data: bytes, contract: Contract, scale: TargetScale | None = None) -> Self:
        """Makes the model of a graph that this process has exported.

        Raises:
            Refused: where the API would not run it.
        """
        return cls(Session(rebuild(data, contract).content), contract, scale)

    @classmethod
    def read(cls, manifest: Manifest, data: bytes) -> Self:
        """Makes the model of a bundle that was read back, as the API does: a child reads it first.

        Raises:
            Refused: where the API would not run it.
            Unavailable: where no child can be started now.
        """
        reading = asyncio.run(read_bundle(bundle_of(manifest, data)))
        scale = None
        if manifest.contract.task == "regression":
            scale = TargetScale(manifest.center, manifest.deviation, manifest.transform)
        return cls(Session(reading.graph), manifest.contract, scale)

    def answers(self, features: DataFrame) -> NDArray[np.float64]:
        """Answers the classes' probabilities [N, classes], in the contract's order, or values [N].

        `features` has the columns that the model takes (`rookery_core.model_columns`), in any
        order.
        """
        told = self.graph_answers(features)
        if self.scale is None:
            return told
        return answered_values(told, self.scale.center, self.scale.transform)

    def graph_answers(self, features: DataFrame) -> NDArray[np.float64]:
        """Answers what the graph does: probabilities, or numbers [N, 1] that are no values yet."""
        return in_blocks(self._block_answers, features)

    def _block_answers(self, block: DataFrame) -> NDArray[np.float64]:
        feed = {
            name: block[[name]].to_numpy(dtype=object if is_text else np.float32)
            for name, is_text in self._columns
        }
        return self._session.run(self._inputs.of_columns(feed)).astype(np.float64)
