"""Clients that are made from the served OpenAPI document, and Java's own, work unchanged."""

import json
import shutil
from pathlib import Path

import pytest
from tests.integration.api.support.client_programs import MODULES, need_java, run
from tests.integration.api.support.fixture_types import StartApi
from tests.integration.api.support.flock import Flock
from tests.integration.api.support.rows import ROW
from tests.some import some

PROGRAMS = Path(__file__).with_name("programs")
OPENAPI_PYTHON_CLIENT = """
import json, sys
from penguins import Client
from penguins.api.inference import describe_flock, describe_chalet, infer_flock, infer_chalet, v2
from penguins.api.invocations import invoke_flock, invoke_chalet
from penguins.api.models import list_models
from penguins.api.predict import predict_flock, predict_chalet
from penguins.models import (
    FlockAnswer, FlockInference, FlockInstance, FlockInstances, FlockRecord, FlockRecords,
    ChaletAnswer, ChaletInference, ChaletInstance, ChaletInstances, ChaletRecord, ChaletRecords,
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

row, inference = json.loads(sys.argv[4]), json.loads(sys.argv[5])
instance = ChaletInstance.from_dict(row)
one = predict_chalet.sync(client=client, body=instance)
assert isinstance(one, ChaletAnswer)
many = predict_chalet.sync(client=client, body=ChaletInstances([instance, instance]))
records = ChaletRecords([ChaletRecord.from_dict(row)])
print(json.dumps([
    one.value,
    many.predictions[1].value,
    invoke_chalet.sync(client=client, body=records).predictions[0],
    infer_chalet.sync(client=client, body=ChaletInference.from_dict(inference)).outputs[0].data[0],
]))
[output] = describe_chalet.sync(client=client).outputs
assert (output.name, output.datatype) == ("prediction", "FP64"), output
assert one.model.name in names, names
"""
OPENAPI_GENERATOR = """
import json, sys
from penguins import ApiClient, Configuration
from penguins.api import InferenceApi, InvocationsApi, ModelsApi, PredictApi
from penguins.exceptions import UnprocessableEntityException
from penguins.models import (
    FlockInference, FlockInstance, FlockInstances, FlockRecord, FlockRecords,
    ChaletAnswer, ChaletInference, ChaletInstance, ChaletInstances, ChaletRecord, ChaletRecords,
    InvokeFlockRequest, InvokeChaletRequest, PredictFlockRequest, PredictChaletRequest,
)

row, inference = json.loads(sys.argv[2]), json.loads(sys.argv[3])
client = ApiClient(Configuration(host=sys.argv[1]))
instance = FlockInstance(**row)
one = PredictApi(client).predict_flock(PredictFlockRequest(instance)).actual_instance
many = PredictApi(client).predict_flock(
    PredictFlockRequest(FlockInstances(instances=[instance, instance]))
).actual_instance
records = InvokeFlockRequest(FlockRecords(dataframe_records=[FlockRecord(**row)]))
inferred = InferenceApi(client).infer_flock(FlockInference.from_dict(inference))
print(json.dumps([
    one.var_class,
    max(one.probabilities.to_dict(), key=one.probabilities.to_dict().get),
    many.predictions[1].var_class,
    InvocationsApi(client).invoke_flock(records).predictions[0],
    inferred.outputs[0].data[0].actual_instance,
]))
assert len(InferenceApi(client).describe_flock().inputs) == len(row)
assert InferenceApi(client).v2().name == "rookery"
names = [card.name for card in ModelsApi(client).list_models().models]
assert one.model.name in names, names

row, inference = json.loads(sys.argv[4]), json.loads(sys.argv[5])
instance = ChaletInstance(**row)
one = PredictApi(client).predict_chalet(PredictChaletRequest(instance)).actual_instance
assert isinstance(one, ChaletAnswer), one
many = PredictApi(client).predict_chalet(
    PredictChaletRequest(ChaletInstances(instances=[instance, instance]))
).actual_instance
records = InvokeChaletRequest(ChaletRecords(dataframe_records=[ChaletRecord(**row)]))
inferred = InferenceApi(client).infer_chalet(ChaletInference.from_dict(inference))
print(json.dumps([
    one.value,
    many.predictions[1].value,
    InvocationsApi(client).invoke_chalet(records).predictions[0],
    inferred.outputs[0].data[0].actual_instance,
]))
[output] = InferenceApi(client).describe_chalet().outputs
assert (output.name, output.datatype) == ("prediction", "FP64"), output
assert one.model.name in names, names
"""


def test_openapi_python_client_makes_a_client_that_works(flock: Flock, tmp_path: Path) -> None:
    made = run(
        *("openapi-python-client", "generate", "--path", str(flock.document)),
        *("--fail-on-warning", "--meta", "none", "--output-path", "penguins"),
        folder=tmp_path,
    )

    printed = run("python", "-c", OPENAPI_PYTHON_CLIENT, *flock.asked, folder=tmp_path)

    assert "WARNING" not in made
    labels, prices = map(json.loads, printed.splitlines())
    assert labels == ["Adelie"] * 5
    assert prices == [flock.price] * 4


def test_openapi_generator_makes_a_python_client_that_works(flock: Flock, tmp_path: Path) -> None:
    need_java("java", "jdk")
    generate = ("openapi-generator-cli", "generate", "-i", str(flock.document), "-g", "python")
    run(*generate, "--package-name", "penguins", "-o", ".", folder=tmp_path)

    printed = run("python", "-c", OPENAPI_GENERATOR, *flock.asked, folder=tmp_path)

    labels, prices = map(json.loads, printed.splitlines())
    assert labels == ["Adelie"] * 5
    assert prices == [flock.price] * 4


def test_openapi_typescript_makes_types_that_compile_strictly_and_work(
    flock: Flock, tmp_path: Path
) -> None:
    for name in ("ask.mts", "tsconfig.json"):
        shutil.copy(PROGRAMS / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(MODULES)
    run("openapi-typescript", str(flock.document), "-o", "penguins.d.ts", folder=tmp_path)

    run("tsc", "--project", ".", folder=tmp_path)
    answer = json.loads(run("node", "ask.mts", *flock.asked, folder=tmp_path))

    assert answer["labels"] == ["Adelie"] * 5
    assert answer["prices"] == [flock.price] * 4
    assert sorted(answer["inputs"]) == sorted(ROW)
    assert answer["outputs"] == ["prediction: FP64"]
    assert answer["listed"]
    assert answer["refused"] == ["/bill_length_mm"]


def test_javas_own_client_is_answered_with_its_offer_to_upgrade_and_without(
    flock: Flock, tmp_path: Path
) -> None:
    need_java("javac", "jdk")
    bodies = {
        "/predict/flock": json.dumps(ROW),
        "/invocations/flock": json.dumps({"dataframe_records": [ROW]}),
        "/v2/models/flock/infer": flock.inference,
        "/predict/chalet": flock.chalet,
        "/v2/models/chalet/infer": flock.chalet_inference,
    }
    asked = [word for path, body in bodies.items() for word in (flock.api.url + path, body)]

    printed = run("java", str(PROGRAMS / "Ask.java"), *asked, folder=tmp_path).splitlines()

    assert len(printed) == 4 * len(bodies)
    for number, line in enumerate(some(printed)):
        model = list(bodies)[number // 2 % len(bodies)]
        assert line.startswith("200 ")
        assert (str(flock.price) if "chalet" in model else "Adelie") in line


@pytest.mark.parametrize("keys", [{}, {"api_key": "a-key-of-sixteen-and-more"}], ids=str)
def test_linters_find_nothing_in_the_served_document(
    flock: Flock, start_api: StartApi, keys: dict[str, str], tmp_path: Path
) -> None:
    api = flock.api if not keys else start_api(default_model="flock", open_pages=True, **keys)
    served = api.client.get("/openapi.json").raise_for_status()
    assert ("securitySchemes" in served.json()["components"]) == bool(keys)
    (tmp_path / "openapi.json").write_text(served.text)
    (tmp_path / "rules.yaml").write_text('extends: ["spectral:oas"]\n')

    redocly = run("redocly", "lint", "--format=json", "openapi.json", folder=tmp_path)
    spectral = run(
        *("spectral", "lint", "--ruleset", "rules.yaml", "--fail-severity", "hint"),
        *("--format", "json", "--quiet", "openapi.json"),
        folder=tmp_path,
    )

    assert json.loads(redocly)["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}
    assert json.loads(spectral) == []
