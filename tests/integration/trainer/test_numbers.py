"""A table whose target is a number, from its CSV to an answer over HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import mlflow
import numpy as np
import pandas as pd
import pytest
import yaml
from mlflow import MlflowClient
from tests.integration.trainer.support.tables import Events, Tables, champion_of
from tests.some import some
from tools.harness.api_process import ApiProcess
from tools.harness.scoring_server import ScoringServer, serve_logged

from rookery_core.manifest import VALUE_TOLERANCE, Manifest
from rookery_core.registry_names import CHAMPION, champion_uri
from rookery_local.servers.tracking_server import TrackingServer

# MLflow's own: type hints of its agents.
pytestmark = pytest.mark.filterwarnings("ignore:.*Any type hint is inferred:UserWarning")

EXAMPLES = Path(__file__).parents[3] / "examples"
MODEL = "concrete"
TABLE = EXAMPLES / f"{MODEL}.csv"


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example, a quick search instead of its own."""
    folder = tmp_path_factory.mktemp("specs")
    spec = yaml.safe_load((EXAMPLES / f"{MODEL}.yaml").read_text())
    spec["source"]["url"] = f"file://{TABLE}"
    spec["trials"] = 2
    spec["interval"] = 0.9
    spec["search_space"] = {
        "n_estimators": {"distribution": "randint", "low": 40, "high": 60},
        "max_depth": {"distribution": "choice", "values": [4]},
    }
    (folder / f"{MODEL}.yaml").write_text(json.dumps(spec))
    return folder


@pytest.fixture(scope="module")
def trained(tables: Tables, specs: Path) -> Events:
    """Ingests the table and trains on it; the events of the sweep."""
    return tables.train(specs, MODEL)


@pytest.fixture(scope="module")
def api(
    tracking: TrackingServer,
    specs: Path,
    trained: Events,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    """Serves it."""
    assert trained
    with ApiProcess(tmp_path_factory.mktemp("api"), tracking.settings, specs) as process:
        process.await_version(MODEL, "1")
        yield process.client


@pytest.fixture(scope="module")
def manifest(trained: Events, mlflow_client: MlflowClient) -> Manifest:
    """The champion's manifest."""
    assert trained
    return champion_of(mlflow_client, MODEL)


def rows(number: int) -> pd.DataFrame:
    return pd.read_csv(TABLE).drop(columns="compressive_strength").head(number).astype(float)


def test_a_trial_says_its_errors(trained: Events) -> None:
    for event in some(event for event in trained if event["event"] == "trial"):
        assert event["selected_by"] == "rmse"
        assert 3 < event["rmse"] < 9
        assert event["mae"] < event["rmse"]


def test_a_raw_table_is_answered_over_http_with_a_value_near_the_truth(
    api: httpx.Client,
) -> None:
    table = pd.read_csv(TABLE)

    told = [
        api.post(f"/predict/{MODEL}", json=row).json()["value"]
        for row in rows(40).to_dict("records")
    ]

    truth = table["compressive_strength"].head(40)
    assert np.sqrt(((np.array(told) - truth) ** 2).mean()) < 0.7 * truth.std()


def test_most_truths_lie_within_the_intervals_that_are_answered(
    api: httpx.Client, manifest: Manifest
) -> None:
    table = pd.read_csv(TABLE)
    asked = rows(len(table)).to_dict("records")

    told = [
        each
        for start in range(0, len(asked), 500)
        for each in api.post(
            f"/predict/{MODEL}", json={"instances": asked[start : start + 500]}
        ).json()["predictions"]
    ]

    low, high = np.array([each["interval"] for each in told]).T
    within = (low <= table["compressive_strength"]) & (table["compressive_strength"] <= high)
    # Most of them were trained on.
    assert within.mean() > 0.85
    assert 0.8 <= manifest.metrics["interval_coverage"] <= 0.99
    assert manifest.metrics["interval_width"] == pytest.approx((high - low).mean())


def test_invocations_equal_the_logged_model_as_any_mlflow_client_loads_it(
    api: httpx.Client, mlflow_client: MlflowClient, tracking: TrackingServer, manifest: Manifest
) -> None:
    version = mlflow_client.get_model_version_by_alias(MODEL, CHAMPION)
    mlflow.set_tracking_uri(tracking.settings.url)
    logged = mlflow.pyfunc.load_model(version.source)
    asked = rows(200)

    answer = api.post(
        f"/invocations/{MODEL}", json={"dataframe_split": asked.to_dict(orient="split")}
    )

    assert answer.status_code == 200, answer.text
    told = np.array(answer.json()["predictions"], dtype=np.float64)
    original = np.asarray(logged.predict(asked), dtype=np.float64)
    assert np.abs(told - original).max() <= VALUE_TOLERANCE * manifest.deviation


@pytest.fixture(scope="module")
def mlflow_server(
    tracking: TrackingServer,
    trained: Events,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ScoringServer]:
    """`mlflow models serve` of the champion, as anybody starts it."""
    assert trained
    address, folder = champion_uri(MODEL), tmp_path_factory.mktemp("scoring")
    body = json.dumps({"instances": rows(1).to_dict("records")}).encode()
    with serve_logged(address, tracking.settings.url, folder, body) as server:
        yield server


ASKED = rows(60)
FORMS: dict[str, dict[str, Any]] = {
    "split": {"dataframe_split": ASKED.to_dict(orient="split")},
    "split in another order": {"dataframe_split": ASKED[ASKED.columns[::-1]].to_dict("split")},
    "records": {"dataframe_records": ASKED.to_dict("records")},
    "instances": {"instances": ASKED.to_dict("records")},
    "inputs": {"inputs": ASKED.to_dict("list")},
    "inputs of one row": {"inputs": ASKED.head(1).to_dict("records")[0]},
    "inputs as records": {"inputs": ASKED.to_dict("records")},
}


@pytest.mark.parametrize("form", FORMS)
def test_invocations_equal_mlflow_s_own_server_over_http(
    api: httpx.Client, mlflow_server: ScoringServer, manifest: Manifest, form: str
) -> None:
    expected = mlflow_server.client.post("/invocations", json=FORMS[form])
    found = api.post(f"/invocations/{MODEL}", json=FORMS[form])

    assert expected.status_code == 200, expected.text
    assert_same_numbers(found, expected, manifest)


def test_invocations_of_csv_equal_mlflow_s_own_server(
    api: httpx.Client, mlflow_server: ScoringServer, manifest: Manifest
) -> None:
    body, headers = ASKED.to_csv(index=False).encode(), {"Content-Type": "text/csv"}

    expected = mlflow_server.client.post("/invocations", content=body, headers=headers)
    found = api.post(f"/invocations/{MODEL}", content=body, headers=headers)

    assert expected.status_code == 200, expected.text
    assert_same_numbers(found, expected, manifest)


def assert_same_numbers(
    found: httpx.Response, expected: httpx.Response, manifest: Manifest
) -> None:
    """Fails unless both answers have one form, and numbers within the promised difference."""
    assert found.status_code == 200, found.text
    told, original = found.json(), expected.json()
    assert told.keys() == original.keys()
    for one, other in some(zip(told["predictions"], original["predictions"], strict=True)):
        assert isinstance(one, float)
        assert isinstance(other, float)
        assert abs(one - other) <= VALUE_TOLERANCE * manifest.deviation


def test_the_runs_have_metrics_report_and_a_regressor(
    mlflow_client: MlflowClient, trained: Events
) -> None:
    assert trained
    version = mlflow_client.get_model_version_by_alias(MODEL, CHAMPION)
    assert version.run_id is not None
    run_ = mlflow_client.get_run(version.run_id)
    parent = mlflow_client.get_run(run_.data.tags["mlflow.parentRunId"])

    names = {"rmse", "mae", "r2"}
    assert {f"cv_{name}" for name in names} <= run_.data.metrics.keys()
    names |= {"interval_coverage", "interval_width"}
    assert {f"holdout_{name}" for name in names} <= run_.data.metrics.keys()
    files = {each.path for each in mlflow_client.list_artifacts(parent.info.run_id)}
    assert {"residuals.png", "metrics.csv", "search.png", "spec.json"} <= files


def test_the_bundle_says_what_is_answered(manifest: Manifest) -> None:
    assert (manifest.contract.task, manifest.contract.unit) == ("regression", "MPa")
    intervals = {"interval_coverage", "interval_width"}
    assert manifest.metrics.keys() == {"rmse", "mae", "r2"} | intervals
    assert manifest.center == pytest.approx(35.8, abs=1)


def test_no_line_of_the_table_is_in_the_bundle(manifest: Manifest) -> None:
    lines = TABLE.read_text().splitlines()[1:]

    for row in some(manifest.golden):
        line = ",".join(str(value) for value in list(row.inputs.values())[:7])
        assert not any(each.startswith(line) for each in some(lines)), row
