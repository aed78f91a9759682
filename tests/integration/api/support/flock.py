"""The served model of whose document clients are made."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from tests.integration.api.support.fixture_types import StartApi
from tests.integration.api.support.rows import ROW
from tests.some import some
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel, make_bundle
from tools.harness.specs import shipped, write_spec


@dataclass(frozen=True)
class Flock:
    """The model `flock`, which tells species of penguins apart."""

    api: ApiProcess
    document: Path
    """The served OpenAPI document, as a file."""
    inference: str
    """A body of the Open Inference Protocol."""


def serve_flock(client: MlflowClient, specs: Path, start_api: StartApi, folder: Path) -> Flock:
    """Serves the model, and writes the document into the folder."""
    spec = shipped("species").model_copy(update={"name": "flock"})
    write_spec(specs, spec)
    version = RegisteredModel(client, spec).promote(make_bundle(spec))
    api = start_api(default_model=spec.name)
    api.await_version(spec.name, version)
    file = folder / "openapi.json"
    file.write_text(api.client.get("/openapi.json").raise_for_status().text)
    return Flock(api, file, json.dumps(_inference(json.loads(file.read_text()))))


def _inference(document: dict[str, Any]) -> dict[str, Any]:
    """Makes the body of the document's own example, with a penguin's values."""
    example: dict[str, Any] = document["components"]["schemas"]["FlockInference"]["examples"][0]
    for tensor in some(example["inputs"]):
        tensor["data"] = [ROW[tensor["name"]]]
    return example
