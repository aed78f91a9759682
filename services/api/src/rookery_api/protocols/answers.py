"""Answers: what a champion says of rows, classes or numbers, and how it is written in parts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rookery_api.base.datatypes import BYTES
from rookery_api.base.responses import encode
from rookery_api.registry.champion import Champion
from rookery_core.contract import Contract
from rookery_core.labels import predicted_class, predicted_classes
from rookery_core.manifest import PREDICTION, PROBABILITIES
from rookery_runtime.prediction.onnx_session import Probabilities, Values
from rookery_runtime.steps import Steps

LABEL = "label"
"""The name of the output of `/v2` that holds each row's label."""
STEP_NUMBERS = 4_000
"""Numbers that are written in one step: some milliseconds, even with the longest labels."""
NUMBER_BYTES = 24
"""About what a number takes as JSON, without its label."""


class Unanswerable(Exception):
    """The model answered NaN or infinity, though its golden predictions were right."""


@dataclass(frozen=True)
class Output:
    """One output of `/v2`."""

    datatype: str
    shape: tuple[int, ...]
    data: Sequence[str] | NDArray[np.floating]


@dataclass(frozen=True)
class ClassAnswers:
    """A class of each row, with the probabilities of all."""

    classes: Sequence[str]
    labels: Sequence[str]
    probabilities: Probabilities

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def numbers(self) -> int:
        """How many numbers all rows are answered with."""
        return self.probabilities.size

    @property
    def predictions(self) -> Sequence[str]:
        """The one value of each row that MLflow answers."""
        return self.labels

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows have which label."""
        return Counter(self.labels) if len(self.labels) > 1 else {self.labels[0]: 1}

    def items(self, rows: slice) -> list[dict[str, object]]:
        """Class and probabilities of each of these rows."""
        told = zip(self.labels[rows], self.probabilities[rows].tolist(), strict=True)
        return [
            {"class": label, "probabilities": dict(zip(self.classes, row, strict=True))}
            for label, row in told
        ]

    def output(self, name: str) -> Output:
        """What `/v2` says by that name."""
        if name == LABEL:
            return Output(BYTES, (len(self.labels),), self.labels)
        return Output("FP32", self.probabilities.shape, self.probabilities)


@dataclass(frozen=True)
class ValueAnswers:
    """A number of each row, with the interval round it where the model answers one."""

    values: Values
    intervals: Values | None = None
    """[N, 2]."""

    def __len__(self) -> int:
        return len(self.values)

    @property
    def numbers(self) -> int:
        """How many numbers all rows are answered with."""
        return self.values.size + (0 if self.intervals is None else self.intervals.size)

    @property
    def predictions(self) -> Sequence[float]:
        """The one value of each row that MLflow answers."""
        numbers: list[float] = self.values.tolist()
        return numbers

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows there are; no label tells them apart."""
        return {"": len(self.values)}

    def items(self, rows: slice) -> list[dict[str, object]]:
        """The number of each of these rows, with its interval."""
        values = self.values[rows].tolist()
        if self.intervals is None:
            return [{"value": value} for value in values]
        return [
            {"value": value, "interval": ends}
            for value, ends in zip(values, self.intervals[rows].tolist(), strict=True)
        ]

    def output(self, _: str) -> Output:
        """What `/v2` says by its only name."""
        return Output("FP64", (len(self.values), 1), self.values)


Answers = ClassAnswers | ValueAnswers


def outputs_of(contract: Contract) -> tuple[str, ...]:
    """Lists the outputs of `/v2` of a model of that contract."""
    return (PREDICTION,) if contract.task == "regression" else (LABEL, PROBABILITIES)


def answered(champion: Champion, columns: Mapping[str, NDArray[np.generic]]) -> Answers:
    """Answers rows.

    Raises:
        Unanswerable: the model says NaN or infinity of one.
    """
    if champion.contract.task == "regression":
        values = champion.model.values(columns)
        _check_finite(champion, bool(np.isfinite(values).all()))
        return ValueAnswers(values, champion.model.intervals(values))
    probabilities = champion.model.probabilities(columns)
    return ClassAnswers(champion.contract.classes, labels(champion, probabilities), probabilities)


def labels(champion: Champion, probabilities: Probabilities) -> list[str]:
    """Finds the label of each row."""
    classes, cut = champion.contract.classes, champion.manifest.cut
    if len(probabilities) == 1:
        row = probabilities[0].tolist()
        _check_finite(champion, all(map(isfinite, row)))
        return [classes[predicted_class(row, cut)]]
    _check_finite(champion, bool(np.isfinite(probabilities).all()))
    return [classes[index] for index in predicted_classes(probabilities, cut).tolist()]


def _check_finite(champion: Champion, finite: bool) -> None:
    if not finite:
        raise Unanswerable(f"version {champion.version} answered NaN or infinity")


def prediction(champion: Champion, answers: Answers) -> bytes:
    """Writes the document of `/predict` for one row."""
    (document,) = answers.items(slice(1))
    return encode({**document, "model": origin(champion)})


def batch_parts(champion: Champion, answers: Answers) -> Steps[list[bytes]]:
    """Answers the document of `/predict` for a batch, in parts."""
    parts = [b'{"predictions":[']
    step = step_rows(answers)
    for start in range(0, len(answers), step):
        parts.append(_items(answers.items(slice(start, start + step)), first=start == 0))
        yield
    parts.append(b'],"model":' + encode(origin(champion)) + b"}")
    return parts


def step_rows(answers: Answers) -> int:
    """Says how many rows are written in one step."""
    return max(1, STEP_NUMBERS * len(answers) // answers.numbers)


def number_parts(numbers: NDArray[np.floating]) -> Steps[list[bytes]]:
    """Answers all numbers, row by row, as the items of a JSON list."""
    numbers = numbers.ravel()
    parts = []
    for start in range(0, len(numbers), STEP_NUMBERS):
        items = numbers[start : start + STEP_NUMBERS].tolist()
        parts.append(_items(items, first=start == 0))
        yield
    return parts


def _items(items: Sequence[Any], *, first: bool) -> bytes:
    """Writes a part of a JSON list, without its brackets."""
    return (b"" if first else b",") + encode(items)[1:-1]


def number_bytes(answers: Answers) -> int:
    """Estimates what the numbers take as JSON."""
    return answers.numbers * NUMBER_BYTES


def origin(champion: Champion) -> dict[str, str]:
    """Says which version answered, and from which data it came."""
    return {
        "name": champion.contract.model,
        "version": champion.version,
        "run_id": champion.run_id,
        "data_digest": champion.manifest.data_digest,
    }
