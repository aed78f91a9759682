"""A calibration as a part of a graph: the last nodes behind an estimator's probabilities."""

import numpy as np

from rookery_core.manifest import PROBABILITIES, Calibration
from rookery_trainer.bundle.onnx_parts import GraphPart
from rookery_trainer.model.calibration import LEAST


def add_calibration(part: GraphPart, raw: str, classes: int, calibration: Calibration) -> None:
    """Adds the calibration of raw probabilities [N, classes], whose answers are the model's."""
    seen = _second_decides(part, raw) if classes == 2 else _clipped(part, raw, 1.0)
    logs = part.node("Log", [seen], "calibration.logs")
    factor = part.weight("calibration.scale", calibration.scale)
    scores = part.node("Mul", [logs, factor], "calibration.scaled")
    if classes == 2:
        moves = part.weight("calibration.offset", [0.0, calibration.offset])
        scores = part.node("Add", [scores, moves], "calibration.scores")
    part.node("Softmax", [scores], PROBABILITIES, axis=1)


def _clipped(part: GraphPart, shares: str, most: float) -> str:
    bounds = [part.weight("calibration.least", LEAST), part.weight("calibration.most", most)]
    return part.node("Clip", [shares, *bounds], "calibration.seen")


def _second_decides(part: GraphPart, raw: str) -> str:
    """Adds both shares as the second's says: they sum up to one."""
    place = part.weight("calibration.second", [1], np.int64)
    second = _clipped(part, part.node("Gather", [raw, place], "calibration.raw", axis=1), 1 - LEAST)
    whole = part.weight("calibration.whole", 1.0)
    first = part.node("Sub", [whole, second], "calibration.first")
    return part.node("Concat", [first, second], "calibration.both", axis=1)
