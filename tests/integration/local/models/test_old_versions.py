"""Training, rollback and retention by command, on a model with two versions."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from tests.integration.local.support.command import Rookery
from tools.harness.polling import eventually

MODEL = "small"
ABANDONED = "abandoned"
"""The id of a sweep from which no version came."""
POLL = 1.0
"""Seconds between two polls of the registry by the stack's API."""
MARGIN = 4.0
"""Seconds for the look itself: the registry's answers, the bundle's download, its golden
predictions, and for this test's own requests, on a machine with other things to do."""


@pytest.fixture
def trained(rookery: Rookery) -> Rookery:
    """The stack, serving version 2 of the model; version 1 was served before."""
    rookery.run("ingest", MODEL)
    for version in ("1", "2"):
        if newest(rookery) < int(version):
            assert f"version {version} promoted" in rookery.run("train", MODEL)
    if named(rookery) == "2":
        eventually(lambda: served(rookery) == "2")
    return rookery


def served(rookery: Rookery) -> str | None:
    champion = get(f"{rookery.api_url}/models/{MODEL}")["champion"]
    return champion["version"] if champion else None


def newest(rookery: Rookery) -> int:
    """Finds the number of the newest version; 0 if there is none."""
    path, which = "model-versions/search", f"name='{MODEL}'"
    found = get(f"{rookery.mlflow_url}/api/2.0/mlflow/{path}", filter=which)
    return max((int(each["version"]) for each in found.get("model_versions", [])), default=0)


def trials(rookery: Rookery) -> int:
    """Counts the finished trials in the log of the model's trainings."""
    log = rookery.home.log(f"train-{MODEL}")
    return log.read_text().count('"event": "trial"') if log.exists() else 0


def named(rookery: Rookery) -> str:
    where = f"{rookery.mlflow_url}/api/2.0/mlflow/registered-models/alias"
    found: str = get(where, name=MODEL, alias="champion")["model_version"]["version"]
    return found


def get(url: str, **which: str) -> dict[str, Any]:
    answer = httpx.get(url, params=which, timeout=30, trust_env=False)
    document: dict[str, Any] = answer.raise_for_status().json()
    return document


def post(rookery: Rookery, path: str, **body: object) -> dict[str, Any]:
    url = f"{rookery.mlflow_url}/api/2.0/mlflow/{path}"
    answer = httpx.post(url, json=body, timeout=30, trust_env=False)
    document: dict[str, Any] = answer.raise_for_status().json()
    return document


def abandoned_run(rookery: Rookery) -> str:
    """Makes a run of a sweep that ended without a version."""
    where = f"{rookery.mlflow_url}/api/2.0/mlflow/experiments/get-by-name"
    experiment = get(where, experiment_name=MODEL)["experiment"]["experiment_id"]
    tags = [{"key": "rookery.sweep_id", "value": ABANDONED}]
    now = int(time.time() * 1000)
    made = post(rookery, "runs/create", experiment_id=experiment, start_time=now, tags=tags)
    run_id: str = made["run"]["info"]["run_id"]
    post(rookery, "runs/update", run_id=run_id, status="KILLED", end_time=now)
    return run_id


def stage(rookery: Rookery, run_id: str) -> str | None:
    """Reads the lifecycle stage of the run; None if it was removed for good."""
    url = f"{rookery.mlflow_url}/api/2.0/mlflow/runs/get"
    answer = httpx.get(url, params={"run_id": run_id}, timeout=30, trust_env=False)
    if answer.status_code == httpx.codes.NOT_FOUND:
        return None
    found: str = answer.raise_for_status().json()["run"]["info"]["lifecycle_stage"]
    return found


def test_a_training_that_was_killed_says_how_to_continue_and_continues(rookery: Rookery) -> None:
    rookery.run("ingest", MODEL)
    before, finished = newest(rookery), trials(rookery)

    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(rookery.run, "train", MODEL, expect=1)
        eventually(lambda: trials(rookery) > finished)
        rookery.part("rookery_trainer").kill()
    [again] = re.findall(rf"rookery (train {MODEL} --sweep-id \w+)", killed.result())

    printed = rookery.run(*again.split())

    assert "/4 resumed" in printed
    assert f"version {before + 1} promoted" in printed


def test_a_rollback_is_served_at_once_and_can_be_undone(trained: Rookery) -> None:
    with ThreadPoolExecutor(1) as pool:
        printed = pool.submit(trained.run, "rollback", MODEL)
        eventually(lambda: named(trained) == "1")
        eventually(lambda: served(trained) == "1", POLL + MARGIN)

    assert "version 1 is served; version 2 is barred" in printed.result()
    assert f"rookery rollback {MODEL} --to 2" in printed.result()

    refusal = trained.run("rollback", MODEL, expect=42)
    assert f"no earlier champion of '{MODEL}' is left to roll back to" in refusal
    assert served(trained) == "1"

    printed_last = trained.run("rollback", MODEL, "--to", "2")
    assert "version 2 is reinstated and served; version 1 is not barred" in printed_last
    assert served(trained) == "2"


def test_retention_names_what_it_would_remove_and_then_removes_only_that(trained: Rookery) -> None:
    run_id = abandoned_run(trained)
    champion = served(trained)
    rules = ("--keep-versions", "1", "--min-age-days", "0")

    rehearsed = trained.run("retention", MODEL, "--dry-run", *rules)

    assert f"{MODEL}: sweep {ABANDONED} would be removed: versions [], runs 1" in rehearsed
    assert "would be removed 1, kept 2" in rehearsed
    assert stage(trained, run_id) == "active"

    assert "removed 1, kept 2" in trained.run("retention", MODEL, *rules)
    assert stage(trained, run_id) is None
    assert named(trained) == served(trained) == champion
