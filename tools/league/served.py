"""What a stack serves of a table: its answers over HTTP, what they took, and if they are exact."""

import json
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import mlflow
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rookery import ServedModel
from rookery.frames import Instance, instances
from rookery_core.contract import Contract
from rookery_core.labels import predicted_classes
from rookery_core.manifest import VALUE_TOLERANCE
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_local.folder.home import Home
from rookery_local.stack.supervisor import running_stack
from rookery_trainer.data.learned_spec import as_in_contract
from rookery_trainer.data.model_columns import request_frame
from tools.league.scores import Answers

MOST_ROWS = 1000
"""Rows of one request: as many as the API takes."""
MOST_BYTES = 900_000
SINGLES = 200
"""Requests of one row, of which the median counts."""


@dataclass(frozen=True)
class Answered:
    """The answers of a served model."""

    answers: Answers
    """Probabilities [N, classes] in the order of `labels`, or values [N]; NaN where refused."""
    labels: tuple[str, ...]
    estimator: str
    rows_per_second: float
    latency: float
    labels_that_differ: int
    largest_difference: float

    @property
    def refused(self) -> NDArray[np.bool_]:
        """[N] whether the model does not take the row."""
        return np.array(np.isnan(_by_row(self.answers)).any(axis=1), dtype=np.bool_)


def ask_all(model: ServedModel, home: Path, rows: pd.DataFrame) -> Answered:
    """Asks the served model for all rows, and the logged one whether it agrees."""
    root, _, _ = model.url.partition("/predict/")
    with httpx.Client(base_url=root, timeout=60, trust_env=False) as client:
        card = client.get(f"/models/{model.name}").raise_for_status().json()
        contract = Contract.model_validate_json(json.dumps(card["contract"]))
        spec = load_catalog(Home(home).specs).spec(model.name)
        asked = list(instances(rows, card["contract"]["features"], spec))
        begun = time.perf_counter()
        found = list(_answers(client, model.name, asked))
        seconds = time.perf_counter() - begun
        answers = _numbers(found, contract)
        latency = _latency(client, model.name, [asked[at] for at in _taken(answers)[:SINGLES]])
    differ, largest = _disagreement(home, spec, contract, asked, answers)
    return Answered(
        answers,
        contract.classes,
        str(card["champion"]["estimator"]),
        len(asked) / seconds,
        latency,
        differ,
        largest,
    )


def _answers(
    client: httpx.Client, model: str, rows: Sequence[Instance]
) -> Iterator[Mapping[str, Any]]:
    most = max(1, min(MOST_ROWS, MOST_BYTES // (len(json.dumps(rows[0])) * 2)))
    for start in range(0, len(rows), most):
        body = {"instances": rows[start : start + most]}
        answer = client.post(f"/predict/{model}", params={"partial": "true"}, json=body)
        yield from answer.raise_for_status().json()["predictions"]


def _numbers(found: Sequence[Mapping[str, Any]], contract: Contract) -> Answers:
    width = max(1, len(contract.classes))
    rows = [_row(each, contract) or [np.nan] * width for each in found]
    answers = np.array(rows, dtype=np.float64)
    return answers if contract.classes else answers[:, 0]


def _row(found: Mapping[str, Any], contract: Contract) -> list[float]:
    if "errors" in found:
        return []
    if not contract.classes:
        return [found["value"]]
    return [found["probabilities"][label] for label in contract.classes]


def _taken(answers: Answers) -> NDArray[np.intp]:
    return np.flatnonzero(~np.isnan(_by_row(answers)).any(axis=1))


def _by_row(answers: Answers) -> NDArray[np.float64]:
    return answers.reshape(len(answers), -1)


def _latency(client: httpx.Client, model: str, rows: Sequence[Instance]) -> float:
    taken = []
    for row in rows:
        begun = time.perf_counter()
        client.post(f"/predict/{model}", json=row).raise_for_status()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1000


def _disagreement(
    home: Path,
    spec: ModelSpec,
    contract: Contract,
    asked: Sequence[Instance],
    answers: Answers,
) -> tuple[int, float]:
    """Compares with the logged scikit-learn model, asked for the same rows.

    Returns how many labels differ and the largest difference of a probability; of a number, how
    many differ by more than the tolerance, and the largest difference in standard deviations.
    """
    stack = running_stack(Home(home))
    assert stack is not None
    mlflow.set_tracking_uri(stack.addresses.mlflow_url)
    original = mlflow.sklearn.load_model(f"models:/{spec.name}@champion")
    taken = _taken(answers)
    missing = dict.fromkeys(spec.features)
    frame = request_frame(
        as_in_contract(spec, contract), [{**missing, **asked[at]} for at in taken]
    )
    ours = answers[taken]
    if not contract.classes:
        apart = np.abs(original.predict(frame) - ours) / np.std(ours)
        return int((apart > VALUE_TOLERANCE).sum()), float(apart.max())
    order = [list(original.classes_).index(label) for label in contract.classes]
    theirs = original.predict_proba(frame)[:, order]
    differ = int((predicted_classes(theirs) != predicted_classes(ours)).sum())
    return differ, float(np.abs(theirs - ours).max())
