"""What the registry says of a version: champion or not, trained on which data, barred or not."""

import json

import httpx
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED, ROLE_TRAINER
from rookery_core.database.tables import batches
from rookery_core.errors import Unavailable
from rookery_core.registry_names import CHAMPION, TAG_BARRED, TAG_DECISION, TAG_EVIDENCE, is_of
from rookery_core.settings import PostgresSettings, TrackingSettings
from rookery_core.spec.model_spec import ModelSpec
from rookery_local.stack.stack import Stack


def current_champion(stack: Stack, spec: ModelSpec, digest: str | None = None) -> str | None:
    """Finds the champion if it was trained by this spec on the present data; None otherwise.

    `digest` is the content digest of the model's rows; it is read where it is not given.
    """
    champion = champion_version(stack.tracking.settings, spec.name)
    if champion is None:
        return None
    version, tags = champion
    data = digest or data_digest(stack.postgres.settings(ROLE_TRAINER), spec.name)
    return version if is_of(tags, spec.digest, data) else None


def champion_version(settings: TrackingSettings, model: str) -> tuple[str, dict[str, str]] | None:
    """Reads number and tags of the version that the alias names; None if there is none.

    Raises:
        Unavailable: MLflow does not answer.
    """
    return _version(settings, "registered-models/alias", {"name": model, "alias": CHAMPION})


def is_barred(settings: TrackingSettings, model: str, version: str) -> bool:
    """Says whether the version was rolled back, so that only a person may reinstate it.

    Raises:
        Unavailable: MLflow does not answer.
    """
    found = _version(settings, "model-versions/get", {"name": model, "version": version})
    return found is not None and TAG_BARRED in found[1]


def sweep_decision(settings: TrackingSettings, run_id: str) -> tuple[str, str]:
    """Reads what the gate decided on the sweep of that parent run, and why; empty if unknown.

    Raises:
        Unavailable: MLflow does not answer.
    """
    answer = _answer(settings, "runs/get", {"run_id": run_id})
    if answer.status_code != httpx.codes.OK:
        return "", ""
    tags = {tag["key"]: tag["value"] for tag in answer.json()["run"]["data"].get("tags", [])}
    evidence = json.loads(tags.get(TAG_EVIDENCE, "{}"))
    return tags.get(TAG_DECISION, ""), str(evidence.get("reason", ""))


def _version(
    settings: TrackingSettings, path: str, which: dict[str, str]
) -> tuple[str, dict[str, str]] | None:
    answer = _answer(settings, path, which)
    if answer.status_code in {httpx.codes.NOT_FOUND, httpx.codes.BAD_REQUEST}:
        return None
    if answer.status_code != httpx.codes.OK:
        raise Unavailable(f"MLflow at {settings.url} answers {answer.status_code}: {answer.text}")
    version = answer.json()["model_version"]
    return version["version"], {tag["key"]: tag["value"] for tag in version.get("tags", [])}


def _answer(settings: TrackingSettings, path: str, which: dict[str, str]) -> httpx.Response:
    url = f"{settings.url}/api/2.0/mlflow/{path}"
    try:
        return httpx.get(url, params=which, timeout=10, trust_env=False)
    except httpx.TransportError as error:
        raise Unavailable(f"MLflow at {settings.url} does not answer: {error}") from None


def data_digest(settings: PostgresSettings, model: str) -> str | None:
    """Reads the content digest of the model's rows; None if no batch is complete.

    Raises:
        Unavailable: PostgreSQL does not answer.
    """
    latest = (
        select(batches.c.data_digest)
        .where(batches.c.model == model)
        .order_by(batches.c.batch.desc())
        .limit(1)
    )
    database = engine(settings, PROCESSED)
    try:
        with database.connect() as connection:
            found: str | None = connection.scalar(latest)
    except OperationalError as error:
        raise Unavailable(f"PostgreSQL does not answer: {error.orig}") from None
    finally:
        database.dispose()
    return found
