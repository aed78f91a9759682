"""The served models of whose document clients are made."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from tests.integration.api.support.fixture_types import StartApi
from tests.integration.api.support.rows import ROW
from tests.some import some
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel, make_bundle
from tools.harness.house import ROW as HOUSE
from tools.harness.house import house
from tools.harness.linear_bundle import linear_bundle
from tools.harness.specs import shipped, write_spec


@dataclass(frozen=True)
class Flock:
    """The models `flock`, which tells penguins apart, and `chalet`, which answers a number."""

    api: ApiProcess
    document: Path
    """The served OpenAPI document, as a file."""
    inference: str
    """A body of the Open Inference Protocol: a penguin."""
    chalet: str
    """A row of `chalet`."""
    chalet_inference: str
    price: float
    """What `chalet` answers to it."""

    @property
    def asked(self) -> tuple[str, ...]:
        """What each program is told: the address, and a row and a body of either model."""
        return self.api.url, json.dumps(ROW), self.inference, self.chalet, self.chalet_inference


def serve_flock(client: MlflowClient, specs: Path, start_api: StartApi, folder: Path) -> Flock:
    """Serves both models, and writes the document into the folder."""
    spec = shipped("species").model_copy(update={"name": "flock"})
    versions = {}
    for bundle in (make_bundle(spec), linear_bundle(house("chalet", interval="0.9"))):
        write_spec(specs, bundle.spec)
        versions[bundle.spec.name] = RegisteredModel(client, bundle.spec).promote(bundle)
    api = start_api(default_model=spec.name)
    for name, version in versions.items():
        api.await_version(name, version)
    file = folder / "openapi.json"
    file.write_text(api.client.get("/openapi.json").raise_for_status().text)
    components = json.loads(file.read_text())["components"]["schemas"]
    return Flock(
        api,
        file,
        inference=_inference(components["FlockInference"], ROW),
        chalet=json.dumps(HOUSE),
        chalet_inference=_inference(components["ChaletInference"], HOUSE),
        price=api.predict("chalet", HOUSE).raise_for_status().json()["value"],
    )


def _inference(component: dict[str, Any], row: Mapping[str, object]) -> str:
    """Makes the body of the document's own example, with the values of the row."""
    example: dict[str, Any] = component["examples"][0]
    for tensor in some(example["inputs"]):
        tensor["data"] = [row[tensor["name"]]]
    return json.dumps(example)
