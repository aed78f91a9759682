"""`/predict` on a real champion."""

import numpy as np
import pytest
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import FittedBundle, make_bundle, penguins

ROW = {"bill_length_mm": 39.1, "bill_depth_mm": 18.7, "flipper_length_mm": 181, "body_mass_g": 3750}


@pytest.fixture(scope="module", params=["species", "sex"])
def served(
    request: pytest.FixtureRequest, new_model: NewModel, start_api: StartApi
) -> tuple[ApiProcess, FittedBundle, str]:
    """An API that serves a champion, the champion, its version."""
    registered = new_model(request.param)
    made = make_bundle(registered.spec)
    version = registered.promote(made)
    api = start_api()
    api.await_version(registered.spec.name, version)
    return api, made, version


def test_one_instance_is_answered_with_class_probabilities_and_origin(
    served: tuple[ApiProcess, FittedBundle, str],
) -> None:
    api, made, version = served

    answer = api.predict(made.spec.name, ROW).raise_for_status().json()

    assert answer["class"] in made.spec.classes
    assert list(answer["probabilities"]) == list(made.spec.classes)
    assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert answer["model"]["name"] == made.spec.name
    assert answer["model"]["version"] == version
    assert answer["model"]["data_digest"] == made.manifest.data_digest
    assert len(answer["model"]["run_id"]) == 32


def test_every_measured_row_gets_the_label_and_probabilities_of_scikit_learn(
    served: tuple[ApiProcess, FittedBundle, str],
) -> None:
    api, made, _ = served
    rows = penguins(made.spec)
    instances = rows.features.astype(float).to_dict("records")

    answer = api.client.post(f"/predict/{made.spec.name}", json={"instances": instances}).json()

    order = [list(made.pipeline.classes_).index(label) for label in made.spec.classes]
    expected = made.pipeline.predict_proba(rows.features)[:, order]
    found = np.array([list(p["probabilities"].values()) for p in answer["predictions"]])
    assert np.abs(found - expected).max() <= 1e-5
    labels = [p["class"] for p in answer["predictions"]]
    assert labels == list(made.pipeline.predict(rows.features))
