"""Categories as ranks and as means: the exported model sees them as the fitted one did."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import Pipeline
from tests.some import some
from tests.unit.trainer.support.encodings import GRADES, encoded_table, encoding_spec
from tests.unit.trainer.support.estimators import CLASSIFIERS, REGRESSORS, SMALL
from tests.unit.trainer.support.fitted_bundles import export_of

from rookery_core.manifest import MISSING_CATEGORY, PROBABILITY_TOLERANCE
from rookery_core.spec.estimators import EstimatorName
from rookery_runtime.prediction.input_columns import ModelInputs
from rookery_runtime.prediction.onnx_session import Session
from rookery_trainer.bundle.verification_rows import UNKNOWN_CATEGORY
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.model_columns import request_frame
from rookery_trainer.data.snapshot import Snapshot, snapshot_of
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.pipeline import probabilities
from rookery_trainer.model.trial import Configuration


def snapshot_for(estimator: EstimatorName, target: str) -> Snapshot:
    spec = encoding_spec(estimator, target)
    table = encoded_table()
    return snapshot_of(spec, table, Batch(1, "digest", len(table)))


@pytest.mark.parametrize("target", ["two", "three"])
@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_every_classifier_agrees_on_ranks_and_means(
    estimator: EstimatorName, target: str, tmp_path: Path
) -> None:
    bundle = export_of(tmp_path, snapshot_for(estimator, target))

    assert bundle.agreement.rows > 5_400
    assert bundle.agreement.largest_difference <= PROBABILITY_TOLERANCE


@pytest.mark.parametrize("estimator", REGRESSORS)
def test_every_regressor_agrees_on_ranks_and_means(
    estimator: EstimatorName, tmp_path: Path
) -> None:
    bundle = export_of(tmp_path, snapshot_for(estimator, "number"))

    assert bundle.agreement.largest_difference <= PROBABILITY_TOLERANCE


@pytest.mark.parametrize("target", ["two", "three"])
def test_a_request_with_each_label_a_missing_and_an_unknown_one_is_answered_as_fitted(
    target: str, tmp_path: Path
) -> None:
    snapshot = snapshot_for("hist_gradient_boosting", target)
    bundle = export_of(tmp_path, snapshot)
    example = dict(bundle.manifest.golden[0].inputs)
    values = {
        "grade": [*GRADES, None, UNKNOWN_CATEGORY],
        "shop": ["s0", "s1", None, UNKNOWN_CATEGORY],
    }
    requests = [{**example, name: value} for name, listed in values.items() for value in listed]

    session = Session((tmp_path / "model.onnx").read_bytes())
    served = session.run(ModelInputs(bundle.manifest.contract, session).of_rows(requests))

    frame = request_frame(snapshot.learned, requests)
    model = fit_rows(
        snapshot.spec,
        snapshot.training,
        Configuration("hist_gradient_boosting", SMALL["hist_gradient_boosting"]),
        seed=1,
    )
    assert isinstance(model, Pipeline)
    original = probabilities(model, snapshot.spec, frame)
    assert np.abs(served - original).max() <= PROBABILITY_TOLERANCE


def test_the_same_rows_give_the_same_graph(tmp_path: Path) -> None:
    graphs = []
    for name in some(("one", "other")):
        (tmp_path / name).mkdir()
        export_of(tmp_path / name, snapshot_for("random_forest", "three"))
        graphs.append((tmp_path / name / "model.onnx").read_bytes())

    assert graphs[0] == graphs[1]


def test_a_contract_says_nothing_of_how_a_label_enters_the_model(tmp_path: Path) -> None:
    bundle = export_of(tmp_path, snapshot_for("random_forest", "two"))

    dumped = bundle.manifest.contract.model_dump_json()
    assert "ordered" not in dumped
    assert "encoding" not in dumped
    assert MISSING_CATEGORY not in dumped
