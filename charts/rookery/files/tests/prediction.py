"""Each champion answers its golden rows through the API as its manifest says: `MODEL ...`."""

import json
import os
import sys
from functools import partial
from typing import Any

import numpy as np
import structlog
import urllib3
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from rookery_core import logs
from rookery_core.connection_failure import FIRST_CONNECTION_SECONDS, is_connection_failure
from rookery_core.errors import RookeryError, Unavailable
from rookery_core.job import run_job
from rookery_core.manifest import (
    MANIFEST_FILE,
    PROBABILITY_TOLERANCE,
    VALUE_TOLERANCE,
    GoldenPrediction,
    Manifest,
)
from rookery_core.registry_names import CHAMPION, TAG_BUNDLE
from rookery_core.settings import TrackingSettings
from rookery_core.values import learned_numbers
from rookery_core.waiting import Wait, poll_until, retrying
from rookery_trainer.tracking.client import await_tracking, connect

API = os.environ.get("ROOKERY_API_URL", "http://api")
WAIT = Wait(60)
"""The API may be a look behind the registry."""
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/"


def main() -> None:
    """Every model of the arguments is served as it was promoted."""
    tracking = TrackingSettings()
    client = connect(tracking)
    await_tracking(client, Wait(FIRST_CONNECTION_SECONDS))
    for model in sys.argv[1:]:
        version, manifest = promoted(client, tracking, model)
        answers = poll_until(
            partial(served, model, version, manifest), WAIT, partial(behind, model, version)
        )
        compare(model, manifest, answers)
        structlog.get_logger().info("served", model=model, version=version, rows=len(answers))


def behind(model: str, version: str) -> str:
    """The API went on without the champion."""
    return (
        f"the API does not serve version {version} of {model!r} after {WAIT.seconds:g} s; "
        "see `kubectl logs deployment/api`"
    )


def promoted(client: MlflowClient, tracking: TrackingSettings, model: str) -> tuple[str, Manifest]:
    """The champion's version and its manifest.

    Raises:
        RookeryError: there is no champion, or it cannot be fetched.
    """
    try:
        found = client.get_model_version_by_alias(model, CHAMPION)
    except MlflowException as error:
        raise RookeryError(
            f"no version of {model!r} has alias {CHAMPION!r}: {error.message}; run "
            f"`kubectl create job train --from=cronjob/trainer-{model}`"
        ) from None
    url = f"{tracking.url}{ARTIFACTS}{found.tags[TAG_BUNDLE]}/{MANIFEST_FILE}"
    response = urllib3.request(
        "GET", url, headers=credentials(tracking), redirect=False, timeout=10.0
    )
    if response.status != 200:
        raise Unavailable(f"MLflow answers {response.status} for {url}; see its log")
    return str(found.version), Manifest.model_validate_json(response.data)


def credentials(tracking: TrackingSettings) -> dict[str, str]:
    """How this pod shows MLflow who it is, where MLflow asks."""
    if tracking.username is None or tracking.password is None:
        return {}
    pair = f"{tracking.username}:{tracking.password.get_secret_value()}"
    return dict(urllib3.make_headers(basic_auth=pair))


def served(model: str, version: str, manifest: Manifest) -> list[dict[str, Any]] | None:
    """The API's answers to the golden rows; None where another version, or none, answers."""
    key = os.environ.get("ROOKERY_API_API_KEY")
    ask = partial(
        urllib3.request,
        "POST",
        f"{API}/predict/{model}",
        json={"instances": [row.inputs for row in manifest.golden]},
        headers={"X-API-Key": key} if key else None,
        # The key is for the API alone.
        redirect=False,
        timeout=10.0,
    )
    response = retrying(ask, is_connection_failure, Wait(FIRST_CONNECTION_SECONDS), "api")
    if response.status == 503:
        return None
    if response.status != 200:
        raise RookeryError(f"the API answers {response.status}: {response.data[:500]!r}")
    answer = json.loads(response.data)
    answers: list[dict[str, Any]] = answer["predictions"]
    return answers if answer["model"]["version"] == version else None


def compare(model: str, manifest: Manifest, answers: list[dict[str, Any]]) -> None:
    """Each row is answered as in the manifest: its class with probabilities, or its number.

    Raises:
        RookeryError: one is not.
    """
    if len(answers) != len(manifest.golden):
        raise RookeryError(f"{len(manifest.golden)} rows of {model!r}, {len(answers)} answers")
    agrees = is_number if manifest.contract.task == "regression" else is_class
    for row, answer in zip(manifest.golden, answers, strict=True):
        if not agrees(manifest, row, answer):
            raise RookeryError(f"{model!r} answers {answer}, and its manifest says {row}")


def is_class(manifest: Manifest, row: GoldenPrediction, answer: dict[str, Any]) -> bool:
    """Class and probabilities are those of the row."""
    expected = zip(manifest.contract.classes, row.probabilities, strict=True)
    worst = max(abs(answer["probabilities"][name] - share) for name, share in expected)
    return bool(answer["class"] == row.label and worst <= PROBABILITY_TOLERANCE)


def is_number(manifest: Manifest, row: GoldenPrediction, answer: dict[str, Any]) -> bool:
    """The number is that of the row, before the logarithm is undone where there is one."""
    pair = np.array([row.value, answer["value"]], dtype=np.float64)
    expected, found = learned_numbers(pair, manifest.transform)
    allowed = VALUE_TOLERANCE * manifest.deviation + np.spacing(abs(expected))
    return bool(abs(found - expected) <= allowed)


if __name__ == "__main__":
    logs.configure()
    sys.exit(run_job(main))
