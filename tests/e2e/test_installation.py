"""Right after the installation: what one command has brought, and at what cost."""

import httpx
import mlflow.sklearn
import numpy as np
import pandas as pd
import pytest
from tests.e2e.support import api, tracking
from tests.e2e.support.database import changes, query
from tests.e2e.support.measurements import MIB, Measurements
from tests.e2e.support.memory import working_sets
from tests.e2e.support.release import Release

from rookery_core.database.names import PROCESSED, PROCESSED_SCHEMA, table_name
from rookery_core.labels import predicted_classes
from rookery_core.manifest import PROBABILITY_TOLERANCE
from rookery_core.registry_names import champion_uri
from rookery_core.spec.catalog import load_catalog

MODELS = ("species", "sex")
INSTALLATION = 300.0
"""Seconds an installation may take on two cores, images loaded."""
IDLE_MEMORY = 2048 * MIB


def test_installation_is_done_within_five_minutes(
    release: Release, measurements: Measurements
) -> None:
    taken = measurements.seconds.get("installation")
    if taken is None:
        pytest.skip("the release was there before this run")

    assert taken <= INSTALLATION


@pytest.mark.parametrize("model", MODELS)
def test_a_champion_answers_as_soon_as_the_installation_is_done(
    release: Release, model: str
) -> None:
    api.await_champion(model)
    answer = api.predict(model, api.example(model))

    assert answer.json()["class"] in load_catalog()[model].classes


def test_the_page_for_people_is_at_the_root(release: Release) -> None:
    with api.client() as caller:
        page = caller.get("/")

    assert page.status_code == httpx.codes.OK
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<title>Rookery</title>" in page.text


@pytest.mark.parametrize("path", ["/metrics", "/healthz"])
def test_health_and_metrics_are_on_the_pods_alone(release: Release, path: str) -> None:
    with api.client() as caller:
        through_the_ingress = caller.get(path).status_code
    with tracking.forwarded(release.namespace, "deployment/api", 9464) as url:
        on_the_pod = httpx.get(f"{url}{path}", trust_env=False).status_code

    assert (through_the_ingress, on_the_pod) == (httpx.codes.NOT_FOUND, httpx.codes.OK)


@pytest.mark.parametrize("model", MODELS)
def test_the_first_sweep_has_twenty_finished_trials(release: Release, model: str) -> None:
    (first, *_) = changes(release.namespace, model)
    with tracking.tracked(release.namespace) as client:
        assert tracking.indices(client, model, first.sweep_id) == tracking.TWENTY
        assert tracking.statuses(client, model, first.sweep_id) == {"FINISHED": 20}


@pytest.mark.parametrize("model", MODELS)
def test_the_api_agrees_with_scikit_learn(release: Release, model: str) -> None:
    spec = load_catalog()[model]
    columns = ", ".join(spec.features)
    known = " AND ".join(f"{feature} IS NOT NULL" for feature in spec.features)
    table = f"{PROCESSED_SCHEMA}.{table_name(model)}"
    statement = f"SELECT {columns} FROM {table} WHERE {known}"
    rows = query(release.namespace, PROCESSED, statement)

    served = api.predict_all(model, rows)
    with tracking.tracked(release.namespace) as client:
        mlflow.set_tracking_uri(client.tracking_uri)
        mlflow.set_registry_uri(client.tracking_uri)
        champion = mlflow.sklearn.load_model(champion_uri(model))

    order = [list(champion.classes_).index(each) for each in spec.classes]
    expected = champion.predict_proba(pd.DataFrame(rows).astype(np.float32))[:, order]
    given = np.array([[each["probabilities"][label] for label in spec.classes] for each in served])
    labels = [spec.classes[index] for index in predicted_classes(expected)]
    assert len(rows) > 300
    assert [each["class"] for each in served] == labels
    assert np.abs(given - expected).max() < PROBABILITY_TOLERANCE


def test_no_container_was_ever_restarted(release: Release) -> None:
    restarted = [each for each in release.containers() if each.restarts]

    assert not restarted


def test_the_idle_release_needs_less_than_two_gibibytes(
    release: Release, measurements: Measurements
) -> None:
    found = working_sets(release.namespace)

    measurements.memory.update(found)
    assert sum(found.values()) < IDLE_MEMORY


def test_the_tests_of_the_chart_pass(release: Release) -> None:
    told = release.test()

    assert "Failed" not in told
