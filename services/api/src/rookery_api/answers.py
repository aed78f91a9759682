"""Answers: a champion's probabilities as the JSON of `/predict` and `/invocations`."""

import json
from collections.abc import Sequence
from math import isfinite

import numpy as np

from rookery_api.champion import Champion
from rookery_core.labels import predicted_class, predicted_classes
from rookery_runtime.session import Probabilities


class Unanswerable(Exception):
    """The model gave a number that is none; its golden predictions did not foretell it."""


def labels(champion: Champion, probabilities: Probabilities) -> list[str]:
    """The label of each row."""
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


def origin(champion: Champion) -> dict[str, str]:
    """Which version answered, and from which data it came."""
    return {
        "name": champion.contract.model,
        "version": champion.version,
        "run_id": champion.run_id,
        "data_digest": champion.manifest.data_digest,
    }


def encode(document: object) -> bytes:
    """The document as JSON (RFC 8259)."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
