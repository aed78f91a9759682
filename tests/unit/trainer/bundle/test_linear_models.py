"""Bundles of linear models of classes: what becomes of features that resemble each other."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.trainer.support.first_version import first_version_snapshot, first_version_spec
from tests.unit.trainer.support.fitted_bundles import export_of
from tests.unit.trainer.support.second_version import spec_of, table_of

from rookery_core.feature_table import TABLE, FeatureTable
from rookery_runtime.graph.rebuild import rebuild
from rookery_runtime.prediction.onnx_session import Session
from rookery_trainer.bundle.onnx_graph import onnx_model
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.snapshot import Snapshot, snapshot_of
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.pipeline import ESTIMATOR, make_pipeline
from rookery_trainer.model.trial import Configuration

ROWS = 2_000
FREE = Configuration("logistic_regression", {"C": 1e6})
"""It hardly keeps weights small."""
LABELS: dict[str, list[Any]] = {
    "outcome": ["good", "bad", "ugly", "odd"],
    "churned": [False, True],
}


def near_snapshot(target: str) -> Snapshot:
    """Makes a snapshot of two features that hardly differ.

    Their difference and a third feature are a point of the plane, whose direction is the class.
    """
    spec = spec_of(
        target=target,
        rare="refuse",
        features=["amount", "stamp", "visits"],
        estimator=FREE.estimator,
        search_space={"C": {"distribution": "choice", "values": [1e6]}},
    )
    table, generator = table_of(spec, ROWS), np.random.default_rng(1)
    amount, difference, third = generator.normal(0, [[300], [1], [1]], (3, ROWS))
    table["amount"] = amount
    table["stamp"] = 1.7e9 + amount + difference
    table["visits"] = np.clip(np.round(25 + 8 * third), 0, 50)
    turns = np.arctan2(difference, third) / (2 * np.pi) + generator.normal(0, 0.005, ROWS)
    labels = LABELS[target]
    table[target] = np.array(labels)[np.floor(turns * len(labels)).astype(int) % len(labels)]
    return snapshot_of(spec, table, Batch(2, "digest", ROWS))


@pytest.mark.parametrize("target", LABELS)
def test_features_that_resemble_each_other_lose_no_digit_of_a_probability(
    target: str, tmp_path: Path
) -> None:
    snapshot = near_snapshot(target)

    bundle = export_of(tmp_path, snapshot, FREE)

    assert bundle.agreement.largest_difference < 1e-6


@pytest.mark.parametrize("target", LABELS)
def test_what_the_api_makes_of_it_answers_a_row_of_a_batch_as_the_row_alone(
    target: str, tmp_path: Path
) -> None:
    snapshot = near_snapshot(target)
    bundle = export_of(tmp_path, snapshot, FREE)
    exported = (tmp_path / "model.onnx").read_bytes()
    contract = bundle.manifest.contract
    known = snapshot.training.features
    table = FeatureTable(contract).of_columns({str(name): known[name].to_numpy() for name in known})

    session = Session(rebuild(exported, contract).content)
    told = session.run({TABLE: table})

    alone = [session.run({TABLE: table[at : at + 1]}) for at in range(len(table))]
    assert np.concatenate(alone).tobytes() == told.tobytes()
    assert told.tobytes() == Session(exported).run({TABLE: table}).tobytes()


def test_one_of_a_first_version_spec_is_to_the_byte_what_its_pipeline_makes_in_float32() -> None:
    spec = first_version_spec("sex")
    rows = first_version_snapshot(spec).training
    configuration = Configuration("logistic_regression", {"C": 100.0})

    fitted = fit_rows(spec, rows, configuration, seed=1)

    plain = make_pipeline(spec, configuration, 1)
    plain.fit(rows.features, np.array(spec.classes)[rows.labels])
    assert fitted.named_steps[ESTIMATOR].coef_.dtype == np.float32
    assert onnx_model(fitted, spec) == onnx_model(plain, spec)
