"""The protocols of others: MLflow's scoring protocol and the Open Inference Protocol."""

import json
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version

import numpy as np
import pytest
import tritonclient.http as triton
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.tensors import NAMES, tensors
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import FittedBundle, make_bundle, penguins
from tools.harness.scoring_server import ScoringServer, serve
from tritonclient.utils import InferenceServerException

A = [39.1, 18.7, 181.0, 3750.0]
B = [46.5, 13.5, 210.0, 4550.0]
RECORDS = [dict(zip(NAMES, row, strict=True)) for row in (A, B)]
WHOLE = {**RECORDS[0], "flipper_length_mm": 181, "body_mass_g": 3750}
BACKWARDS = NAMES[::-1]

JSON_BODIES = {
    "split": {"dataframe_split": {"columns": NAMES, "data": [A, B]}},
    "split with index": {
        "dataframe_split": {"columns": NAMES, "index": [7, 9], "data": [A, B]},
    },
    "split in another order": {
        "dataframe_split": {"columns": BACKWARDS, "data": [A[::-1], B[::-1]]}
    },
    "split with a column more": {
        "dataframe_split": {"columns": [*NAMES, "island"], "data": [[*A, "Dream"]]}
    },
    "records": {"dataframe_records": RECORDS},
    "records of whole numbers": {"dataframe_records": [WHOLE]},
    "records with params": {"dataframe_records": RECORDS, "params": {}},
    "instances": {"instances": RECORDS},
    "inputs": {"inputs": {name: [r[name] for r in RECORDS] for name in NAMES}},
    "inputs of one row": {"inputs": {name: [RECORDS[0][name]] for name in NAMES}},
    "inputs as scalars": {"inputs": RECORDS[0]},
    "inputs as records": {"inputs": RECORDS},
}
REFUSED_BODIES = {
    "no shape": {"rows": RECORDS},
    "two shapes": {"instances": RECORDS, "inputs": RECORDS},
    "a column less": {"dataframe_split": {"columns": NAMES[1:], "data": [A[1:]]}},
    "a value too few": {"dataframe_split": {"columns": NAMES, "data": [A[1:]]}},
    "text for a number": {"dataframe_records": [{**RECORDS[0], "body_mass_g": "heavy"}]},
    "records no list": {"dataframe_records": "x"},
    "empty object": {},
}


@pytest.fixture(scope="module")
def served(new_model: NewModel, start_api: StartApi) -> tuple[ApiProcess, FittedBundle, str]:
    """An API whose default model has a champion; the champion and its version."""
    registered = new_model("species")
    made = make_bundle(registered.spec)
    version = registered.promote(made)
    api = start_api(default_model=registered.spec.name)
    api.await_version(registered.spec.name, version)
    return api, made, version


@pytest.fixture(scope="module")
def mlflow_server(
    served: tuple[ApiProcess, FittedBundle, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ScoringServer]:
    """`mlflow models serve` of the same champion."""
    body = json.dumps(JSON_BODIES["split"]).encode()
    with serve(served[1], tmp_path_factory.mktemp("scoring"), body) as server:
        yield server


@pytest.mark.parametrize("body", JSON_BODIES.values(), ids=JSON_BODIES)
def test_invocations_answer_as_mlflow_does(
    served: tuple[ApiProcess, FittedBundle, str], mlflow_server: ScoringServer, body: object
) -> None:
    api, made, version = served

    expected = mlflow_server.client.post("/invocations", json=body)
    by_name = api.client.post(f"/invocations/{made.spec.name}", json=body)
    by_default = api.client.post("/invocations", json=body)

    assert expected.status_code == 200, expected.text
    assert by_name.json() == by_default.json() == expected.json()
    assert by_name.headers["x-rookery-model-version"] == version


def test_invocations_take_csv_as_mlflow_does(
    served: tuple[ApiProcess, FittedBundle, str], mlflow_server: ScoringServer
) -> None:
    api, made, _ = served
    features = penguins(made.spec).features.astype(float)
    body, headers = features.to_csv(index=False).encode(), {"Content-Type": "text/csv"}

    expected = mlflow_server.client.post("/invocations", content=body, headers=headers)
    answer = api.client.post("/invocations", content=body, headers=headers)

    assert expected.status_code == 200, expected.text
    assert answer.json() == expected.json()
    assert len(answer.json()["predictions"]) == len(features)


# MLflow warns of its own type hints when it is imported.
@pytest.mark.filterwarnings("ignore:.*Any type hint:UserWarning")
def test_mlflows_own_client_finds_the_server(
    served: tuple[ApiProcess, FittedBundle, str],
) -> None:
    module = import_module("mlflow.pyfunc.scoring_server.client")
    client = module.ScoringServerClient("127.0.0.1", served[0].port)

    client.wait_server_ready(timeout=30)
    client.ping()
    assert client.get_version() == version("rookery-api")
    assert served[0].client.get("/health").status_code == 200


@pytest.mark.parametrize("body", REFUSED_BODIES.values(), ids=REFUSED_BODIES)
def test_invocations_refuse_what_mlflow_refuses(
    served: tuple[ApiProcess, FittedBundle, str], mlflow_server: ScoringServer, body: object
) -> None:
    api, _, _ = served

    expected = mlflow_server.client.post("/invocations", json=body)
    answer = api.client.post("/invocations", json=body)

    assert 400 <= expected.status_code < 600
    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.fixture
def triton_client(
    served: tuple[ApiProcess, FittedBundle, str],
) -> Iterator[triton.InferenceServerClient]:
    """The public client of the Open Inference Protocol."""
    client = triton.InferenceServerClient(f"127.0.0.1:{served[0].port}")
    yield client
    client.close()


def test_triton_client_finds_server_and_model(
    served: tuple[ApiProcess, FittedBundle, str], triton_client: triton.InferenceServerClient
) -> None:
    _, made, version = served
    name = made.spec.name

    assert triton_client.is_server_live()
    assert triton_client.is_server_ready()
    assert triton_client.is_model_ready(name)
    assert triton_client.is_model_ready(name, version)
    assert "binary_tensor_data" in triton_client.get_server_metadata()["extensions"]
    metadata = triton_client.get_model_metadata(name)
    assert metadata["versions"] == [version]
    assert [item["name"] for item in metadata["inputs"]] == NAMES
    assert metadata["outputs"][1]["shape"] == [-1, 3]


@pytest.mark.parametrize("binary_in", [True, False], ids=["binary in", "JSON in"])
@pytest.mark.parametrize("binary_out", [None, True, False], ids=["all out", "binary", "JSON"])
def test_triton_client_gets_scikit_learns_answers(
    served: tuple[ApiProcess, FittedBundle, str],
    triton_client: triton.InferenceServerClient,
    binary_in: bool,
    binary_out: bool | None,
) -> None:
    _, made, version = served
    features = penguins(made.spec).features
    outputs = None
    if binary_out is not None:
        names = ("label", "probabilities")
        outputs = [triton.InferRequestedOutput(n, binary_data=binary_out) for n in names]

    answer = triton_client.infer(
        made.spec.name, tensors(features.to_numpy(), binary_in), outputs=outputs, request_id="7"
    )

    labels = [
        item.decode() if isinstance(item, bytes) else item for item in answer.as_numpy("label")
    ]
    assert labels == list(made.pipeline.predict(features))
    order = [list(made.pipeline.classes_).index(label) for label in made.spec.classes]
    expected = made.pipeline.predict_proba(features)[:, order]
    assert np.abs(answer.as_numpy("probabilities") - expected).max() <= 1e-5
    assert answer.get_response()["id"] == "7"
    assert answer.get_response()["model_version"] == version


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
@pytest.mark.parametrize("binary", [True, False], ids=["binary", "JSON"])
def test_triton_client_may_compress(
    served: tuple[ApiProcess, FittedBundle, str],
    triton_client: triton.InferenceServerClient,
    coding: str,
    binary: bool,
) -> None:
    _, made, _ = served
    inputs = tensors(penguins(made.spec).features.to_numpy(), binary)

    answers = [
        triton_client.infer(made.spec.name, inputs, request_compression_algorithm=each)
        for each in (coding, None)
    ]

    first, second = (answer.as_numpy("probabilities") for answer in answers)
    assert np.array_equal(first, second)


def test_triton_client_reads_the_error(
    served: tuple[ApiProcess, FittedBundle, str], triton_client: triton.InferenceServerClient
) -> None:
    _, made, _ = served
    rows = np.array([A], dtype=np.float32)
    rows[0, 0] = np.nan

    with pytest.raises(InferenceServerException, match="bill_length_mm must be from 20 to 80"):
        triton_client.infer(made.spec.name, tensors(rows))
    with pytest.raises(InferenceServerException, match="No model has that name"):
        triton_client.infer("no-such", tensors(rows))
    with pytest.raises(InferenceServerException, match="not the one that is served"):
        triton_client.infer(made.spec.name, tensors(rows), model_version="999")


def tensor(**changes: object) -> dict[str, object]:
    """The first input of a JSON request, with changes."""
    return {"name": NAMES[0], "datatype": "FP32", "shape": [1, 1], "data": [39.1], **changes}


BAD_TENSORS = {
    "other name": tensor(name="wing"),
    "no name": {"datatype": "FP32"},
    "given twice": tensor(name=NAMES[1]),
    "other datatype": tensor(datatype="INT32"),
    "datatype no text": tensor(datatype={}),
    "shape of none": tensor(shape=[0, 1]),
    "shape of two columns": tensor(shape=[1, 2], data=[1, 2]),
    "shape too large": tensor(shape=[10**9, 1]),
    "shape beside the others": tensor(shape=[2, 1], data=[39.1, 39.1]),
    "shape no list": tensor(shape="x"),
    "shape true": tensor(shape=[True, 1]),
    "no data": tensor(data=None),
    "data nested": tensor(data=[[[39.1]]]),
    "data text": tensor(data=["39.1"]),
    "data true": tensor(data=[True]),
    "data too large": tensor(data=[10**400]),
    "data infinite": tensor(data=["1e999"]),
    "data out of range": tensor(data=[1000]),
    "parameters no object": tensor(parameters=[1]),
    "binary size without bytes": tensor(parameters={"binary_data_size": 4}),
    "binary size negative": tensor(parameters={"binary_data_size": -4}),
    "binary size true": tensor(parameters={"binary_data_size": True}),
}


@pytest.mark.parametrize("bad", BAD_TENSORS.values(), ids=BAD_TENSORS)
def test_bad_tensor_is_refused_in_the_protocols_shape(
    served: tuple[ApiProcess, FittedBundle, str], bad: dict[str, object]
) -> None:
    api, made, _ = served
    others = [tensor(name=name, data=[value]) for name, value in zip(NAMES[1:], A[1:], strict=True)]

    answer = api.client.post(
        f"/v2/models/{made.spec.name}/infer", content=json.dumps({"inputs": [bad, *others]})
    )

    assert answer.status_code in (400, 413, 422), answer.text
    assert list(answer.json()) == ["error"]
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "99999999999999999999", "0", "5", "٣"])
def test_bad_header_length_is_refused(
    served: tuple[ApiProcess, FittedBundle, str], length: str
) -> None:
    api, made, _ = served

    answer = api.client.post(
        f"/v2/models/{made.spec.name}/infer",
        content=b'{"inputs": []}',
        headers={b"Inference-Header-Content-Length": length.encode()},
    )

    assert answer.status_code in (400, 422)
    assert list(answer.json()) == ["error"]
