"""The datatypes of the Open Inference Protocol that a model of Rookery reads.

https://github.com/open-inference/open-inference-protocol
"""

from typing import Any

import numpy as np

from rookery_core.contract import AnyFeature, BooleanFeature, NumberFeature

NUMBERS: dict[str, np.dtype[Any]] = {
    "BOOL": np.dtype("u1"),  # a byte of 0 or 1
    **{f"INT{bits}": np.dtype(f"<i{bits // 8}") for bits in (8, 16, 32, 64)},
    **{f"UINT{bits}": np.dtype(f"<u{bits // 8}") for bits in (8, 16, 32, 64)},
    **{f"FP{bits}": np.dtype(f"<f{bits // 8}") for bits in (16, 32, 64)},
}
"""Those of numbers, each as its binary tensors hold it."""
BYTES = "BYTES"
"""The one of texts."""


def datatype(feature: AnyFeature) -> str:
    """Names the type in which a feature's input is described; others may be read too."""
    match feature:
        case NumberFeature():
            return "FP32"
        case BooleanFeature():
            return "BOOL"
        case _:
            return BYTES
