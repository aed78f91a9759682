"""A session of onnxruntime: it runs a rebuilt graph in the thread that asks."""

import ctypes
import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rookery_core.errors import Refused
from rookery_core.feature_table import TABLE

Probabilities = NDArray[np.float32]
"""[N, classes], in the order of the contract's classes."""
Values = NDArray[np.float64]
"""[N]: the numbers that are answered."""


class Session:
    """A graph that onnxruntime has loaded."""

    def __init__(self, graph: bytes) -> None:
        """Loads a graph that `graph.rebuild` wrote.

        Raises:
            Refused: where onnxruntime cannot load it.
        """
        runtime = import_runtime()
        options = runtime.SessionOptions()
        # A row takes microseconds: waking other threads would cost more than they bring.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        providers = ["CPUExecutionProvider"]
        try:
            self._session: Any = runtime.InferenceSession(graph, options, providers=providers)
        # onnxruntime's errors share no base but Exception.
        except Exception as error:
            raise Refused(f"onnxruntime cannot load the model: {type(error).__name__}") from error
        inputs = [(entry.name, entry.type) for entry in self._session.get_inputs()]
        self.takes_table = inputs == [(TABLE, "tensor(float)")]
        """Whether it takes one feature table, and not a column for each feature."""
        # What was rebuilt has one output alone.
        self._outputs: list[str] = [output.name for output in self._session.get_outputs()]
        _give_back_memory()

    def run(self, columns: Mapping[str, NDArray[np.generic]]) -> NDArray[np.float32]:
        """Answers the output of the graph for each row of the columns."""
        numbers: NDArray[np.float32] = self._session.run(self._outputs, columns)[0]
        return numbers


def import_runtime() -> Any:
    """Answers onnxruntime, with its telemetry off; the first time takes a tenth of a second."""
    # It reads the switch once, when it is imported.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    return import_module("onnxruntime")


def _give_back_memory() -> None:
    """Gives back memory that the C library keeps: half of what loading a large forest took."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
