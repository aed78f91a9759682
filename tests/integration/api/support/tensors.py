"""Rows as the tensors that a client of the Open Inference Protocol sends."""

import numpy as np
import tritonclient.http as triton

NAMES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


def tensors(rows: np.ndarray, binary: bool = True) -> list[triton.InferInput]:
    """The inputs of `rows`."""
    inputs = []
    for position, name in enumerate(NAMES):
        tensor = triton.InferInput(name, [len(rows), 1], "FP32")
        column = rows[:, [position]].astype(np.float32)
        tensor.set_data_from_numpy(column, binary_data=binary)
        inputs.append(tensor)
    return inputs
