"""A table of a rare class, from its CSV to labels by its costs; and one that is rejected."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from tests.integration.trainer.support.tables import Events, Tables, champion_of
from tests.some import some
from tools.harness.api_process import ApiProcess

from rookery_core.manifest import Manifest
from rookery_core.registry_names import CHAMPION, TAG_THRESHOLD
from rookery_local.servers.tracking_server import TrackingServer

# MLflow's own: type hints of its agents.
pytestmark = pytest.mark.filterwarnings("ignore:.*Any type hint is inferred:UserWarning")

MODEL, REJECTED = "fraud", "dice"
COSTS = {"false_positive": 1, "false_negative": 8}
ROWS = 900


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two specs of one table: a target that follows from it, and a thrown one."""
    folder = tmp_path_factory.mktemp("specs")
    generator = np.random.default_rng(0)
    amount, hour = generator.normal(0, 1, ROWS), generator.integers(0, 24, ROWS)
    score = 1.6 * amount + np.where(hour < 6, 1.0, 0.0) - 2.6
    fraud = generator.random(ROWS) < 1 / (1 + np.exp(-score))
    table = pd.DataFrame(
        {
            "amount": amount.round(4),
            "hour": hour,
            "fraud": np.where(fraud, "yes", "no"),
            "thrown": np.where(generator.random(ROWS) < 0.5, "heads", "tails"),
        }
    )
    table.to_csv(folder / "table.csv", index=False)
    common: dict[str, Any] = {
        "spec": 2,
        "source": {"url": f"file://{folder / 'table.csv'}"},
        "columns": [
            {"name": "amount", "kind": "number"},
            {"name": "hour", "kind": "number"},
            {"name": "fraud", "kind": "category", "values": ["yes", "no"]},
            {"name": "thrown", "kind": "category", "values": ["heads", "tails"]},
        ],
        "features": ["amount", "hour"],
        "trials": 2,
        "log_models": "all",
        "estimator": "hist_gradient_boosting",
        "monotone": {"amount": "increasing"},
    }
    fraud_keys = {"target": "fraud", "decision": {"positive": "YES", "costs": COSTS}}
    for name, keys in ((MODEL, fraud_keys), (REJECTED, {"target": "thrown"})):
        (folder / f"{name}.yaml").write_text(json.dumps({"name": name, **common, **keys}))
    return folder


@pytest.fixture(scope="module")
def trained(tables: Tables, specs: Path) -> dict[str, Events]:
    """Trains both; the events by model."""
    return {model: tables.train(specs, model) for model in (MODEL, REJECTED)}


@pytest.fixture(scope="module")
def api(
    tracking: TrackingServer,
    specs: Path,
    trained: dict[str, Events],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    """Serves what was promoted."""
    assert trained
    with ApiProcess(tmp_path_factory.mktemp("api"), tracking.settings, specs) as process:
        process.await_version(MODEL, "1")
        yield process.client


@pytest.fixture(scope="module")
def manifest(api: httpx.Client, mlflow_client: MlflowClient) -> Manifest:
    """The champion's manifest."""
    assert not api.is_closed
    return champion_of(mlflow_client, MODEL)


def rows(number: int = 300) -> pd.DataFrame:
    """Draws rows whose probabilities lie on both sides of any threshold."""
    generator = np.random.default_rng(1)
    columns = {
        "amount": generator.normal(0.5, 1.5, number),
        "hour": generator.uniform(0, 23, number),
    }
    return pd.DataFrame(columns).astype(np.float64)


def predicted(api: httpx.Client, asked: pd.DataFrame) -> list[dict[str, Any]]:
    answer = api.post(f"/predict/{MODEL}", json={"instances": asked.to_dict("records")})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["predictions"]
    return found


def test_every_protocol_and_the_logged_model_answer_labels_by_the_threshold(
    api: httpx.Client, manifest: Manifest, mlflow_client: MlflowClient, tracking: TrackingServer
) -> None:
    asked = rows()
    assert manifest.threshold is not None
    least = manifest.threshold.value - 1e-5

    found = predicted(api, asked)

    labels = [each["class"] for each in some(found)]
    assert labels == ["yes" if each["probabilities"]["yes"] >= least else "no" for each in found]
    more_probable = [max(each["probabilities"], key=each["probabilities"].get) for each in found]
    assert labels != more_probable
    one = api.post(f"/predict/{MODEL}", json=asked.iloc[0].to_dict()).json()
    assert one["class"] == labels[0]
    body = {"dataframe_split": asked.to_dict(orient="split")}
    assert api.post(f"/invocations/{MODEL}", json=body).json()["predictions"] == labels
    tensors = [
        {"name": name, "datatype": "FP64", "shape": [len(asked), 1], "data": asked[name].tolist()}
        for name in asked
    ]
    outputs = api.post(f"/v2/models/{MODEL}/infer", json={"inputs": tensors}).json()["outputs"]
    assert next(each for each in outputs if each["name"] == "label")["data"] == labels
    version = mlflow_client.get_model_version_by_alias(MODEL, CHAMPION)
    mlflow.set_tracking_uri(tracking.settings.url)
    # What `mlflow models serve` asks.
    assert list(mlflow.pyfunc.load_model(version.source).predict(asked)) == labels


def test_run_version_manifest_and_card_name_the_threshold_and_its_cost(
    api: httpx.Client,
    trained: dict[str, Events],
    manifest: Manifest,
    mlflow_client: MlflowClient,
) -> None:
    (event,) = [each for each in trained[MODEL] if each["event"] == "threshold"]
    version = mlflow_client.get_model_version_by_alias(MODEL, CHAMPION)
    assert version.run_id is not None
    child = mlflow_client.get_run(version.run_id)
    parent = mlflow_client.get_run(child.data.tags["mlflow.parentRunId"]).data
    card = api.get(f"/models/{MODEL}").json()["champion"]

    threshold = manifest.threshold

    assert threshold is not None
    assert threshold.positive == event["positive"] == "yes"
    assert event["value"] == pytest.approx(threshold.value, abs=2e-4)
    assert parent.params["threshold"] == str(threshold.value)
    assert json.loads(version.tags[TAG_THRESHOLD]) == {
        "positive": "yes",
        "value": threshold.value,
    }
    assert parent.metrics["out_of_fold_cost"] == threshold.out_of_fold
    assert card["threshold"] == {"positive": "yes", "value": threshold.value}
    assert card["search_rows"] == card["training_rows"] == manifest.training_rows
    for name in ("cost", "cost_at_argmax"):
        assert manifest.metrics[name] == parent.metrics[f"holdout_{name}"] == card["metrics"][name]


def test_probabilities_rise_with_the_feature_that_is_to_raise_them(api: httpx.Client) -> None:
    grid = pd.DataFrame({"amount": np.linspace(-4, 4, 200), "hour": 3.0})

    told = np.array([each["probabilities"]["yes"] for each in predicted(api, grid)])

    assert np.diff(told).min() >= -2e-7
    assert np.ptp(told) > 0.2


def test_what_is_rejected_says_why_on_the_card_and_in_the_answer(
    api: httpx.Client, trained: dict[str, Events]
) -> None:
    decisions = [
        each["reason"]
        for each in trained[REJECTED]
        if each.get("reason", "").startswith("rejected by the rule")
    ]
    reason = some(decisions)[-1]

    answer = api.post(f"/predict/{REJECTED}", json={"amount": 1.0, "hour": 3})
    card = api.get(f"/models/{REJECTED}").json()

    assert "first champion" in reason
    assert answer.status_code == 503
    assert answer.json()["reason"] == "no_champion"
    assert f"version 1 was {reason}" in answer.json()["detail"]
    (version,) = card["history"]
    assert (version["decision"], version["evidence"]["reason"]) == ("rejected", reason)
