"""A table as people have it, from its CSV to an answer over HTTP, under `spec: 2`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from mlflow import MlflowClient
from tests.integration.trainer.support.tables import Events, Tables, champion_of
from tests.some import some
from tools.harness.api_process import ApiProcess

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.registry_names import CHAMPION
from rookery_core.settings import S3Settings
from rookery_core.spec.catalog import load_catalog
from rookery_core.waiting import Wait
from rookery_ingest.ingest import ingest
from rookery_ingest.settings import IngestSettings
from rookery_local.servers.postgres import Postgres
from rookery_local.servers.tracking_server import TrackingServer
from rookery_trainer.data.batch import await_batch
from rookery_trainer.data.snapshot import read_snapshot

EXAMPLES = Path(__file__).parents[3] / "examples"
MODEL = "nests"
NEST = {
    "Species": "Gentoo penguin (Pygoscelis papua)",
    "island": "Biscoe",
    "clutch_completion": True,
    "date_egg": "2008-11-14",
    "culmen_length": 51.3,
    "culmen_depth": 16.2,
    "flipper_length": 225,
    "body_mass": 5700,
}
"""A large one; the header's own name of a column serves as well, in any case."""


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example, a quick search instead of its own."""
    folder = tmp_path_factory.mktemp("specs")
    spec = yaml.safe_load((EXAMPLES / "nests.yaml").read_text())
    spec["source"]["url"] = f"file://{EXAMPLES / 'nests.csv'}"
    next(column for column in spec["columns"] if column["name"] == "body_mass")["optional"] = True
    spec["trials"] = 3
    spec["search_space"] = {
        "n_estimators": {"distribution": "randint", "low": 20, "high": 40},
        "max_depth": {"distribution": "choice", "values": [6]},
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


def test_birds_of_unknown_sex_are_left_out_and_counted(trained: Events) -> None:
    left_out = [event for event in trained if event["event"] == "rows left out"]

    assert some(left_out)[0]["without_target"] == 11


def test_a_sweep_reads_its_rows_once(trained: Events) -> None:
    begun = [event for event in trained if event["event"] == "reading rows" and "rows" in event]

    assert len(begun) == 1


def test_a_raw_table_is_answered_over_http(api: httpx.Client) -> None:
    found = api.post(f"/predict/{MODEL}", json=NEST)

    assert found.status_code == 200, found.text
    answer = found.json()
    assert answer["class"] == "MALE"
    assert answer["probabilities"]["MALE"] > 0.8


@pytest.mark.parametrize(
    "change",
    [
        {"island": "Elephant Island"},
        {"body_mass": None},
        {"clutch_completion": False},
        {"date_egg": "2009-12-01T10:30:00"},
    ],
)
def test_unknown_labels_missing_values_and_other_days_are_answered(
    api: httpx.Client, change: dict[str, Any]
) -> None:
    answer = api.post(f"/predict/{MODEL}", json={**NEST, **change})

    assert answer.status_code == 200, answer.text
    assert answer.json()["class"] in {"FEMALE", "MALE"}


@pytest.mark.parametrize(
    "change",
    [{"clutch_completion": "maybe"}, {"date_egg": "14.11.2008"}, {"flipper_length": 225.5}],
)
def test_what_is_no_value_of_its_kind_is_refused(api: httpx.Client, change: dict[str, Any]) -> None:
    answer = api.post(f"/predict/{MODEL}", json={**NEST, **change})

    assert answer.status_code == 422
    assert next(iter(change)) in answer.text


def test_the_version_says_of_which_batch_and_sides_it_is(
    api: httpx.Client, mlflow_client: MlflowClient
) -> None:
    version = mlflow_client.get_model_version_by_alias(MODEL, CHAMPION)

    card = api.get(f"/models/{MODEL}").json()
    assert card["champion"]["version"] == version.version
    assert version.tags["rookery.watermark"] == "1"
    assert int(version.tags["rookery.scheme"])


def test_the_run_says_whether_its_answers_are_calibrated(
    trained: Events, api: httpx.Client, mlflow_client: MlflowClient
) -> None:
    (found,) = [event for event in trained if event["event"] == "calibration"]
    version = mlflow_client.get_model_version_by_alias(MODEL, CHAMPION)
    assert version.run_id is not None
    child = mlflow_client.get_run(version.run_id)
    parent = mlflow_client.get_run(child.data.tags["mlflow.parentRunId"])

    manifest = champion_of(mlflow_client, MODEL)

    assert found["kept"] == (found["gain"] > found["standard_error"])
    assert (manifest.calibration is not None) == found["kept"]
    assert (parent.data.params["calibration"] == "kept") == found["kept"]


def test_no_line_of_the_table_is_in_the_bundle(
    trained: Events, mlflow_client: MlflowClient
) -> None:
    assert trained

    manifest = champion_of(mlflow_client, MODEL)

    lines = (EXAMPLES / "nests.csv").read_text().splitlines()[1:]
    for row in some(manifest.golden):
        lengths = f"{row.inputs['culmen_length']:g},{row.inputs['culmen_depth']:g}"
        assert not any(lengths in line for line in some(lines)), row


@pytest.mark.parametrize(
    "holdout",
    [
        {"by": "hash"},
        {"by": "group", "column": "individual_id"},
        {"by": "time", "column": "date_egg", "embargo": "1d"},
    ],
    ids=["hash", "group", "time"],
)
def test_sides_that_ingest_wrote_down_are_the_trainers(
    postgres: Postgres, specs: Path, tmp_path: Path, holdout: dict[str, Any]
) -> None:
    document = yaml.safe_load((specs / f"{MODEL}.yaml").read_text())
    by = holdout["by"]
    (tmp_path / "m.yaml").write_text(
        json.dumps({**document, "name": f"nests-{by}", "holdout": {**holdout, "fraction": 0.25}})
    )
    spec = load_catalog(tmp_path)[f"nests-{by}"]
    ingest(spec, postgres.settings("ingest"), S3Settings(), IngestSettings())
    source = engine(postgres.settings("trainer"), PROCESSED)

    batch = await_batch(source, spec, Wait(0))
    snapshot = read_snapshot(source, spec, batch)

    source.dispose()
    training, held = snapshot.training, snapshot.holdout
    assert 0.15 < len(held) / (len(held) + len(training)) < 0.35
    assert snapshot.left_out["without_target"] == 11
    if by == "group":
        assert training.groups is not None
        assert held.groups is not None
        assert not set(training.groups) & set(held.groups)
    if by == "time":
        assert training.moments is not None
        assert held.moments is not None
        assert training.moments.max() < held.moments.min() - 86_400_000_000
        assert snapshot.left_out["on_no_side"] > 0
