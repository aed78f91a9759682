"""Answers: a champion's probabilities as JSON, in parts where they are many."""

from collections.abc import Sequence
from math import isfinite

import numpy as np

from rookery_api.base.responses import encode
from rookery_api.registry.champion import Champion
from rookery_core.labels import predicted_class, predicted_classes
from rookery_runtime.prediction.onnx_session import Probabilities
from rookery_runtime.steps import Steps

STEP_NUMBERS = 4_000
"""Probabilities that are written in one step: some milliseconds, even with the longest labels."""
NUMBER_BYTES = 24
"""About what a probability takes as JSON, without its label."""


class Unanswerable(Exception):
    """The model answered NaN or infinity, though its golden predictions were right."""


def labels(champion: Champion, probabilities: Probabilities) -> list[str]:
    """Finds the label of each row."""
    classes = champion.contract.classes
    if len(probabilities) == 1:
        row = probabilities[0].tolist()
        _check_finite(champion, all(map(isfinite, row)))
        return [classes[predicted_class(row)]]
    _check_finite(champion, bool(np.isfinite(probabilities).all()))
    return [classes[index] for index in predicted_classes(probabilities).tolist()]


def _check_finite(champion: Champion, finite: bool) -> None:
    if not finite:
        raise Unanswerable(f"version {champion.version} answered NaN or infinity")


def predictions(
    champion: Champion, found: Sequence[str], probabilities: Probabilities
) -> list[dict[str, object]]:
    """Class and probabilities of each row."""
    classes = champion.contract.classes
    return [
        {"class": label, "probabilities": dict(zip(classes, row, strict=True))}
        for label, row in zip(found, probabilities.tolist(), strict=True)
    ]


def prediction(champion: Champion, found: Sequence[str], probabilities: Probabilities) -> bytes:
    """Writes the document of `/predict` for one row."""
    document = predictions(champion, found, probabilities)[0]
    return encode({**document, "model": origin(champion)})


def batch_parts(
    champion: Champion, found: Sequence[str], probabilities: Probabilities
) -> Steps[list[bytes]]:
    """Answers the document of `/predict` for a batch, in parts."""
    parts = [b'{"predictions":[']
    step = max(1, STEP_NUMBERS // probabilities.shape[1])
    for start in range(0, len(found), step):
        rows = slice(start, start + step)
        items = predictions(champion, found[rows], probabilities[rows])
        parts.append(_items(items, first=start == 0))
        yield
    parts.append(b'],"model":' + encode(origin(champion)) + b"}")
    return parts


def number_parts(probabilities: Probabilities) -> Steps[list[bytes]]:
    """Answers all probabilities, row by row, as the items of a JSON list."""
    numbers = probabilities.ravel()
    parts = []
    for start in range(0, len(numbers), STEP_NUMBERS):
        items = numbers[start : start + STEP_NUMBERS].tolist()
        parts.append(_items(items, first=start == 0))
        yield
    return parts


def _items(items: Sequence[object], *, first: bool) -> bytes:
    """Writes a part of a JSON list, without its brackets."""
    return (b"" if first else b",") + encode(items)[1:-1]


def number_bytes(probabilities: Probabilities) -> int:
    """Estimates what the probabilities take as JSON."""
    return probabilities.size * NUMBER_BYTES


def origin(champion: Champion) -> dict[str, str]:
    """Says which version answered, and from which data it came."""
    return {
        "name": champion.contract.model,
        "version": champion.version,
        "run_id": champion.run_id,
        "data_digest": champion.manifest.data_digest,
    }
