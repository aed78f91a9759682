"""Logged models: each reviewed estimator is saved, and loads as it was."""

from pathlib import Path

import mlflow.sklearn
import numpy as np
import pytest
from mlflow.entities import LoggedModel
from mlflow.types import DataType
from numpy.testing import assert_array_equal
from tests.unit.trainer.support.agreement import searching_spec
from tests.unit.trainer.support.encodings import encoded_table, encoding_spec
from tests.unit.trainer.support.estimators import CLASSIFIERS, REGRESSORS, SMALL, SPACES
from tests.unit.trainer.support.penguins import fitted, measured_rows, parted
from tests.unit.trainer.support.regression import number_snapshot, number_spec

from rookery_core.errors import Refused
from rookery_core.spec.distributions import Choice
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.values import learned_numbers
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.model_columns import number_columns
from rookery_trainer.data.snapshot import snapshot_of
from rookery_trainer.model.answers import FittedModel, answers
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.search_space import first_configurations
from rookery_trainer.model.target import target_scale
from rookery_trainer.model.trial import Configuration, Parameters
from rookery_trainer.tracking.logged_models import save

# MLflow's own: how it compares an example's columns, and type hints of its agents.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Operation with range is deprecated"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred:UserWarning"),
]

DRAWS: list[tuple[EstimatorName, Parameters]] = [
    (name, first_configurations(searching_spec(name, "both"), draw, 0)[0].parameters)
    for name in CLASSIFIERS
    for draw in range(2)
]
"""Draws of every estimator's search space."""
POWERS: list[tuple[EstimatorName, Parameters]] = [
    ("k_nearest_neighbors", {"n_neighbors": 5, "p": power}) for power in (1, 1.0, 1.5, 2, 2.0, 3)
]
"""Minkowski's powers: scikit-learn has a class of its own for some."""
KERNELS: list[tuple[EstimatorName, Parameters]] = [
    ("calibrated_svc", {"kernel": kernel}) for kernel in ("linear", "poly", "rbf", "sigmoid")
]


def saved(path: Path, spec: ModelSpec, pipeline: FittedModel) -> Path:
    """Saves the model; returns its folder."""
    model = LoggedModel("1", "m-1", spec.name, str(path), 0, 0, source_run_id="run")
    save(path, spec, pipeline, model, estimator=spec.estimator, run_id="run")
    return path


@pytest.mark.parametrize(("estimator", "parameters"), [*DRAWS, *POWERS, *KERNELS])
def test_a_model_loads_as_it_was_saved(
    estimator: EstimatorName, parameters: Parameters, tmp_path: Path
) -> None:
    spec = searching_spec(estimator, "both")
    snapshot = parted(spec, measured_rows(spec), seed=0)
    pipeline = fitted(snapshot, parameters, seed=0)

    loaded = mlflow.sklearn.load_model(str(saved(tmp_path / "model", spec, pipeline)))

    rows = snapshot.holdout.features
    assert_array_equal(loaded.predict_proba(rows), pipeline.predict_proba(rows))


@pytest.mark.parametrize("transform", ["none", "log"])
@pytest.mark.parametrize("estimator", REGRESSORS)
def test_a_model_of_numbers_loads_as_it_was_and_answers_the_number_itself(
    estimator: EstimatorName, transform: str, tmp_path: Path
) -> None:
    spec = number_spec(estimator=estimator, search_space=chosen(estimator), transform=transform)
    snapshot = number_snapshot(spec)
    configuration = Configuration(estimator, SMALL[estimator])
    model = fit_rows(spec, snapshot.training, configuration, 0)

    path = saved(tmp_path / "model", snapshot.learned, model)

    rows = snapshot.holdout.features
    told = answers(model, spec, rows)
    assert_array_equal(mlflow.sklearn.load_model(str(path)).predict(rows), told)
    plain = mlflow.pyfunc.load_model(str(path))
    doubles = rows.astype(dict.fromkeys(number_columns(snapshot.learned), np.float64))
    scale = target_scale(model, snapshot.training.target_values)
    found = learned_numbers(np.asarray(plain.predict(doubles)), spec.transform)
    assert np.abs(found - learned_numbers(told, spec.transform)).max() <= 1e-5 * scale.deviation
    assert plain.metadata.signature.outputs.input_types() == [DataType.double]


ENCODED = [
    (estimator, target)
    for target, estimators in (("two", CLASSIFIERS), ("three", CLASSIFIERS), ("number", REGRESSORS))
    for estimator in estimators
]


@pytest.mark.parametrize(("estimator", "target"), ENCODED)
def test_a_model_of_ranks_and_means_loads_as_it_was(
    estimator: EstimatorName, target: str, tmp_path: Path
) -> None:
    spec = encoding_spec(estimator, target)
    snapshot = snapshot_of(spec, encoded_table(), Batch(1, "digest", 600))
    model = fit_rows(spec, snapshot.training, Configuration(estimator, SMALL[estimator]), 0)

    path = saved(tmp_path / "model", snapshot.learned, model)

    rows = snapshot.holdout.features
    loaded = mlflow.sklearn.load_model(str(path))
    assert_array_equal(answers(loaded, spec, rows), answers(model, spec, rows))
    assert_array_equal(loaded.predict(rows), model.predict(rows))


def chosen(estimator: EstimatorName) -> dict[str, object]:
    return {
        name: {"distribution": "choice", "values": [value]}
        for name, value in SMALL[estimator].items()
    }


def test_the_draws_try_every_power_that_the_search_space_names() -> None:
    powers = SPACES["k_nearest_neighbors"]["p"]

    assert isinstance(powers, Choice)
    assert set(powers.values) <= {parameters["p"] for _, parameters in POWERS}


def test_a_type_that_nobody_has_reviewed_is_refused(tmp_path: Path) -> None:
    spec = searching_spec("logistic_regression", "both")
    forest = searching_spec("random_forest", "both")
    snapshot = parted(forest, measured_rows(forest), seed=0)

    with pytest.raises(Refused, match=r"nobody has reviewed .*sklearn\.tree\._tree\.Tree"):
        saved(tmp_path / "model", spec, fitted(snapshot, {"n_estimators": 2}, seed=0))
