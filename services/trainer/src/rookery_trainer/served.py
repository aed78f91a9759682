"""A bundle's model as the API runs it: what is verified and scored is what will be served."""

import os
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from rookery_core.contract import Contract, NumberFeature
from rookery_core.errors import Refused
from rookery_core.manifest import PROBABILITIES


class ServedModel:
    """An ONNX model and the contract by which it is fed."""

    def __init__(self, data: bytes, contract: Contract) -> None:
        """Loads the model in one thread.

        Raises:
            Refused: where onnxruntime cannot load it.
        """
        self._contract = contract
        self._session = _session(data)

    def probabilities(self, features: DataFrame) -> NDArray[np.float64]:
        """[N, classes] probabilities, in the order of the contract's classes.

        `features` has a column per feature, in any order: float32 numbers (NaN where missing),
        categories as text (`rookery_core.manifest.MISSING_CATEGORY` where missing).
        """
        feed = {
            feature.name: features[[feature.name]].to_numpy(
                dtype=np.float32 if isinstance(feature, NumberFeature) else object
            )
            for feature in self._contract.features
        }
        (told,) = self._session.run([PROBABILITIES], feed)
        probabilities: NDArray[np.float64] = np.asarray(told, dtype=np.float64)
        return probabilities


def _session(data: bytes) -> Any:
    # onnxruntime reads the switch of its telemetry once, when it is imported.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    runtime = import_module("onnxruntime")
    faults = import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    try:
        return runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except (faults.InvalidProtobuf, faults.InvalidGraph, faults.Fail) as error:
        raise Refused(f"onnxruntime cannot load the model: {error}; export it anew") from None
