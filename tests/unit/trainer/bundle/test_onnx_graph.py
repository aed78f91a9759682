"""The ONNX graph: its inputs, its output, its bytes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from tests.unit.trainer.support.estimators import CLASSIFIERS, SMALL
from tests.unit.trainer.support.penguins import (
    EVERYTHING,
    MEASURES,
    fitted,
    measured_rows,
    parted,
    species_spec,
)

from rookery_core.contract import contract_of
from rookery_core.feature_table import TABLE
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.onnx_graph import onnx_model
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.data.rows import Rows
from rookery_trainer.model.pipeline import probabilities


def exported(spec: ModelSpec, rows: Rows) -> tuple[bytes, float]:
    """Exports a model; returns it and its largest difference in probability."""
    snapshot = parted(spec, rows, seed=0)
    pipeline = fitted(snapshot, SMALL[spec.estimator], seed=0)
    data = onnx_model(pipeline, spec)
    served = ServedModel.exported(data, contract_of(spec)).answers(rows.features)
    return data, float(np.abs(served - probabilities(pipeline, spec, rows.features)).max())


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_inputs_are_the_features_and_the_output_is_the_probabilities(
    estimator: EstimatorName,
) -> None:
    spec = species_spec(estimator, SMALL[estimator], EVERYTHING)

    data, _ = exported(spec, measured_rows(spec))

    model = onnx.load_from_string(data)
    expected = list(EVERYTHING) if spec.spec == 1 else [TABLE]
    assert [entry.name for entry in model.graph.input] == expected
    assert [entry.name for entry in model.graph.output] == ["probabilities"]
    assert {entry.domain: entry.version for entry in model.opset_import} == {
        "": 17,
        "ai.onnx.ml": 3,
    }


def _renamed(spec: ModelSpec, names: dict[str, str]) -> ModelSpec:
    columns = tuple(
        column.model_copy(update={"name": names.get(column.name, column.name), "aliases": ()})
        for column in spec.columns
    )
    features = tuple(names.get(name, name) for name in spec.features)
    return spec.model_copy(update={"columns": columns, "features": features})


@pytest.mark.parametrize("estimator", CLASSIFIERS)
@pytest.mark.parametrize(
    "names",
    [
        ("label", "variable", "concat_result", "merged_columns"),
        ("shares", "points", "nearest", "probabilities1"),
    ],
    ids=["skl2onnx's names", "our names"],
)
def test_a_feature_may_have_the_name_of_a_tensor(
    estimator: EstimatorName, names: tuple[str, ...]
) -> None:
    plain = species_spec(estimator, SMALL[estimator])
    renamed = dict(zip(MEASURES, names, strict=True))
    spec = _renamed(plain, renamed)
    rows = measured_rows(plain)
    rows = Rows(rows.features.rename(columns=renamed), rows.labels, rows.keys)

    data, difference = exported(spec, rows)

    inputs = [entry.name for entry in onnx.load_from_string(data).graph.input]
    assert inputs == (list(names) if spec.spec == 1 else [TABLE])
    assert difference <= 1e-5


def test_probabilities_come_in_the_order_of_the_spec() -> None:
    spec = species_spec("logistic_regression", {"C": 1.0})
    target = spec.column("species")
    backwards = target.model_copy(update={"values": ("Gentoo", "Chinstrap", "Adelie")})
    columns = tuple(backwards if column is target else column for column in spec.columns)
    spec = spec.model_copy(update={"columns": columns})
    rows = measured_rows(spec)

    data, difference = exported(spec, rows)

    told = ServedModel.exported(data, contract_of(spec)).answers(rows.features)
    assert difference <= 1e-5
    assert (told.argmax(axis=1) == rows.labels).mean() > 0.9


def test_neighbours_at_equal_distance_are_the_same_everywhere() -> None:
    spec = species_spec("k_nearest_neighbors", {"n_neighbors": 5}, ("island",))

    _, difference = exported(spec, measured_rows(spec))

    assert difference <= 1e-5


_DIGESTS = """
import hashlib
from tests.unit.trainer.bundle.test_onnx_graph import exported
from tests.unit.trainer.support.estimators import CLASSIFIERS, SMALL
from tests.unit.trainer.support.penguins import EVERYTHING, measured_rows, species_spec
for estimator in CLASSIFIERS:
    spec = species_spec(estimator, SMALL[estimator], EVERYTHING)
    print(hashlib.sha256(exported(spec, measured_rows(spec))[0]).hexdigest())
"""


def test_the_same_training_gives_the_same_bytes_in_every_process() -> None:
    root = Path(__file__).parents[4]

    digests = [
        subprocess.run(
            [sys.executable, "-c", _DIGESTS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        ).stdout.split()
        for seed in ("1", "2")
    ]

    assert digests[0] == digests[1]
    assert len(set(digests[0])) == len(CLASSIFIERS)
