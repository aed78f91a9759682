"""A client that is generated from the served OpenAPI document answers typed predictions."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient
from tests.integration.api.support.fixture_types import StartApi
from tests.integration.api.support.rows import ROW
from tools.harness.bundles import RegisteredModel, make_bundle
from tools.harness.specs import shipped, write_spec

GENERATORS = Path(sys.prefix) / "clients" / "bin"
ASK = """
import json, sys
from penguins import Client
from penguins.api.inference import describe_flock, infer_flock, v2
from penguins.api.invocations import invoke_flock
from penguins.api.models import list_models
from penguins.api.predict import predict_flock
from penguins.models import (
    FlockAnswer, FlockInference, FlockInstance, FlockInstances, FlockRecord, FlockRecords,
)

row, inference = json.loads(sys.argv[2]), json.loads(sys.argv[3])
client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
instance = FlockInstance.from_dict(row)
one = predict_flock.sync(client=client, body=instance)
assert isinstance(one, FlockAnswer)
many = predict_flock.sync(client=client, body=FlockInstances([instance, instance]))
records = FlockRecords([FlockRecord.from_dict(row)])
print(json.dumps([
    one.class_,
    max(one.probabilities.to_dict(), key=one.probabilities.to_dict().get),
    many.predictions[1].class_,
    invoke_flock.sync(client=client, body=records).predictions[0],
    infer_flock.sync(client=client, body=FlockInference.from_dict(inference)).outputs[0].data[0],
]))
inputs = describe_flock.sync(client=client).inputs
assert len(inputs) == len(row), inputs
assert v2.sync(client=client).name == "rookery"
names = [card.name for card in list_models.sync(client=client).models]
assert one.model.name in names, names
"""


def run(*command: str, folder: Path) -> str:
    """Answers what the command prints."""
    if not GENERATORS.is_dir():
        pytest.fail("no generators of clients: run `make .venv/clients`")
    path = f"{GENERATORS}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [GENERATORS / command[0], *command[1:]],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_openapi_python_client_makes_a_client_that_works(
    client: MlflowClient, specs: Path, start_api: StartApi, tmp_path: Path
) -> None:
    spec = shipped("species").model_copy(update={"name": "flock"})
    write_spec(specs, spec)
    version = RegisteredModel(client, spec).promote(make_bundle(spec))
    api = start_api(default_model=spec.name)
    api.await_version(spec.name, version)
    document = api.client.get("/openapi.json").text
    (tmp_path / "openapi.json").write_text(document)
    inference = json.loads(document)["components"]["schemas"]["FlockInference"]["examples"][0]
    for tensor in inference["inputs"]:
        tensor["data"] = [ROW[tensor["name"]]]

    made = run(
        *("openapi-python-client", "generate", "--path", "openapi.json", "--fail-on-warning"),
        *("--meta", "none", "--output-path", "penguins"),
        folder=tmp_path,
    )
    answers = json.loads(
        run("python", "-c", ASK, api.url, json.dumps(ROW), json.dumps(inference), folder=tmp_path)
    )

    assert "WARNING" not in made
    assert answers == ["Adelie"] * 5
