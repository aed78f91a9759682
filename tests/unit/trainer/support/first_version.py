"""What the first release made of specs without `spec: 2`, and what today makes of them.

`recorded/MODEL.json` holds digests, configurations and scores; `recorded/MODEL.manifest.json` is
the manifest that it wrote for the first configuration, fitted to all training rows.
"""

import csv
import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd

from rookery_core.manifest import MISSING_CATEGORY, Manifest
from rookery_core.spec.cells import CellReader
from rookery_core.spec.columns import NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_trainer.data.holdout import held_out
from rookery_trainer.data.rows import Rows, row_keys
from rookery_trainer.data.snapshot import Snapshot

RECORDED = Path(__file__).parents[1] / "recorded"
EXAMPLES = Path(__file__).parents[4] / "examples"
MODELS = ("species", "sex", "wine")


@dataclass(frozen=True)
class FirstVersion:
    """What the first release recorded of a model."""

    spec_digest: str
    table_digest: str
    content_digest: str
    seed: int
    """Of the estimators of sweep 1."""
    configurations: list[dict[str, Any]]
    log_loss: float
    """Of the first configuration, mean of the folds."""
    accuracy: float
    structure: str
    """SHA-256 of the model's nodes, without the numbers in them."""
    model_sha256: str
    manifest: str


def recorded(model: str) -> FirstVersion:
    """Reads what was recorded of the model."""
    found = json.loads((RECORDED / f"{model}.json").read_text())
    text = (RECORDED / f"{model}.manifest.json").read_text()
    sha256 = Manifest.model_validate_json(text).model_sha256
    return FirstVersion(**found, model_sha256=sha256, manifest=text)


def first_version_spec(model: str) -> ModelSpec:
    """Reads the model's spec as the first release had it."""
    if model == "wine":
        text = (EXAMPLES / "wine.yaml").read_text()
        # It came later; all else is as it was.
        return parse_spec(text.replace("    title: OD280/OD315\n", ""), model)
    return parse_spec(files("rookery_core").joinpath("specs", f"{model}.yaml").read_text(), model)


def first_version_snapshot(spec: ModelSpec) -> Snapshot:
    """Makes the snapshot of the model's shipped table, with its rows in the file's order."""
    shipped = files("rookery_core").joinpath("data", "penguins_size.csv").read_text()
    text = (EXAMPLES / "wine.csv").read_text() if spec.name == "wine" else shipped
    rows = _rows(spec, text)
    held = held_out(rows.features, spec.holdout)
    training, holdout = rows.take(np.flatnonzero(~held)), rows.take(np.flatnonzero(held))
    return Snapshot(spec, 1, "digest", training, holdout, learned=spec)


def structure(model: bytes) -> str:
    """Returns the SHA-256 of a model's inputs, outputs and nodes, without the numbers in them."""
    graph = onnx.load_from_string(model).graph
    told = [
        [(value.name, str(value.type)) for value in (*graph.input, *graph.output)],
        [
            (
                node.op_type,
                node.domain,
                *node.input,
                *node.output,
                *(a.name for a in node.attribute),
            )
            for node in graph.node
        ],
        [(tensor.name, tensor.data_type) for tensor in graph.initializer],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _rows(spec: ModelSpec, text: str) -> Rows:
    header, *records = csv.reader(text.splitlines())
    cells: dict[str, list[Any]] = {}
    for column in spec.columns:
        place = next(i for i, name in enumerate(header) if name in column.header_names)
        reader = CellReader(spec, column)
        cells[column.name] = [reader.read(record[place]) for record in records]
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in cells.items()})
    known = frame[list(spec.features)].notna().any(axis=1) & frame[spec.target].notna()
    frame = frame[known].reset_index(drop=True)
    features = {
        column.name: frame[column.name].astype(np.float32)
        if isinstance(column, NumberColumn)
        else frame[column.name].fillna(MISSING_CATEGORY).astype("str")
        for column in spec.feature_columns
    }
    labels = np.array([spec.classes.index(label) for label in frame[spec.target]], dtype=np.intp)
    keys = row_keys(f"{position:09}".encode() for position in range(len(labels)))
    return Rows(pd.DataFrame(features), labels, keys)
