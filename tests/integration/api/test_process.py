"""The process: what it loads, how it ends, what it logs and measures."""

import asyncio
import json
import re
import signal
import socket

import numpy as np
import pytest
import tritonclient.http as triton
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.rows import GOOD, ROW
from tests.integration.api.support.tensors import tensors
from tests.some import some
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel, make_bundle
from tools.harness.load import load, post
from tools.harness.polling import eventually

HEAVY = {
    "sklearn",
    "pandas",
    "mlflow",
    "sqlalchemy",
    "psycopg2",
    "scipy",
    "onnx",
    "boto3",
    "requests",
}
EVERY_IMPORT = re.compile(r"^import time: +\d+ \| +\d+ \| +(\S+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def registered(new_model: NewModel) -> RegisteredModel:
    """A model with a champion."""
    registered = new_model("sex")
    registered.promote(make_bundle(registered.spec))
    return registered


@pytest.fixture
def api(registered: RegisteredModel, start_api: StartApi) -> ApiProcess:
    """An API that serves it."""
    api = start_api()
    api.await_version(registered.spec.name, "1")
    return api


def test_serving_process_imports_no_training_stack(
    registered: RegisteredModel, start_api: StartApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    api = start_api(default_model=registered.spec.name)
    api.await_version(registered.spec.name, "1")

    ask_everything(api, registered.spec.name)

    assert api.terminate() == 0
    names = EVERY_IMPORT.findall(api.log.read_text())
    assert not any(
        name.startswith(("opentelemetry.sdk", "opentelemetry.exporter")) for name in some(names)
    )
    imported = {name.split(".")[0] for name in names}
    assert {"rookery_api", "rookery_core", "onnxruntime", "numpy"} <= imported
    assert imported & HEAVY == set()


def ask_everything(api: ApiProcess, model: str) -> None:
    """Every protocol and every page answered, a bad request and a large batch among them."""
    split = {"columns": list(ROW), "data": [list(ROW.values())]}
    bodies = {
        f"/predict/{model}": [ROW, {"instances": [ROW] * 100}],
        "/invocations": [
            {"dataframe_split": split},
            {"dataframe_records": [ROW]},
            {"instances": [ROW]},
            {"inputs": {name: [value] for name, value in ROW.items()}},
        ],
    }
    for path, several in bodies.items():
        for body in some(several):
            assert api.client.post(path, json=body).status_code == 200
        assert api.client.post(path, json={}).status_code == 422
    csv = f"{','.join(ROW)}\n{','.join(map(str, ROW.values()))}\n"
    typed = {"Content-Type": "text/csv"}
    assert api.client.post("/invocations", content=csv, headers=typed).status_code == 200
    with triton.InferenceServerClient(f"127.0.0.1:{api.port}") as client:
        for binary in (False, True):
            answer = client.infer(model, tensors(np.array([list(ROW.values())]), binary))
            assert answer.as_numpy("label") is not None
    pages = ("/", "/docs", "/openapi.json", "/models", f"/models/{model}", f"/v2/models/{model}")
    for path in (*pages, "/v2", "/v2/health/ready", "/livez", "/readyz"):
        assert api.client.get(path).status_code == 200
    for path in ("/healthz", "/metrics"):
        assert api.management.get(path).status_code == 200


def test_sigterm_finishes_what_is_under_way_and_exits_with_zero(
    api: ApiProcess, registered: RegisteredModel
) -> None:
    head = f"POST /predict/{registered.spec.name} HTTP/1.1\r\nHost: localhost\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(GOOD)}\r\n\r\n"

    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as connection:
        connection.sendall(head.encode())
        eventually(lambda: api.metric("rookery_api_requests_in_flight") >= 1)
        api.process.send_signal(signal.SIGTERM)
        eventually(lambda: _refuses(api.port), what="the closed door")
        connection.sendall(GOOD)
        answer = connection.recv(65536)

    assert answer.startswith(b"HTTP/1.1 200")
    assert api.process.wait(timeout=20) == 0


def test_draining_process_is_unready_and_still_serves(
    registered: RegisteredModel, start_api: StartApi
) -> None:
    api = start_api(drain_seconds=2)
    api.await_version(registered.spec.name, "1")

    api.process.send_signal(signal.SIGTERM)
    eventually(lambda: api.client.get("/readyz").status_code == 503)

    answer = api.predict(registered.spec.name, ROW)
    assert answer.status_code == 200
    assert answer.headers["connection"] == "close"
    assert api.process.wait(timeout=20) == 0


def _refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False


def test_every_log_line_is_json_and_every_request_leaves_one(
    api: ApiProcess, registered: RegisteredModel
) -> None:
    trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    told = {"X-Request-ID": "bird-1", "traceparent": f"00-{trace}-{span}-01"}
    name = registered.spec.name
    split = json.dumps({"dataframe_split": {"columns": list(ROW), "data": [list(ROW.values())]}})
    tensor = {"name": "x", "shape": [1], "datatype": "FP32", "data": [1]}
    bodies = {
        f"/predict/{name}": json.dumps(ROW),
        f"/invocations/{name}": split,
        f"/v2/models/{name}/infer": json.dumps({"inputs": [tensor]}),
    }
    typed = {**told, "Content-Type": "application/json"}
    for path, body in bodies.items():
        api.client.post(path, content=body, headers=typed)
    api.client.get("/nowhere/%22%0A")

    assert api.terminate() == 0
    events = api.events()
    lines = [event for event in events if event["event"] == "request"]
    assert any(e["request_id"] == "bird-1" and e["status"] == 200 for e in lines)
    asked = [e for e in lines if e["request_id"] == "bird-1"]
    assert {e["path"]: e["body_bytes"] for e in asked} == {p: len(b) for p, b in bodies.items()}
    for line in some(asked):
        assert (line["trace_id"], line["span_id"], line["trace_flags"]) == (trace, span, "01")
        assert line["model_version"] == "1"
    assert any(e["path"] == '/nowhere/"\n' and e["status"] == 404 for e in lines)
    assert not any(e["path"] in ("/livez", "/metrics", "/healthz") for e in some(lines))
    assert any(event["event"] == "champion flipped" for event in events)


def test_metrics_count_requests_and_predictions_by_class(
    api: ApiProcess, registered: RegisteredModel
) -> None:
    body = {"instances": [ROW] * 40}

    answer = api.client.post(f"/predict/{registered.spec.name}", json=body).json()

    label = answer["predictions"][0]["class"]
    model = {"model": registered.spec.name}
    assert api.metric("rookery_api_predictions_total", **model, **{"class": label}) == 40
    assert api.metric("rookery_api_requests_total", route="/predict", status="200") == 1
    assert api.metric("rookery_api_request_seconds_count", route="/predict") == 1
    assert api.metric("rookery_api_model_requests_total", **model, status_class="2xx") == 1
    assert api.metric("rookery_api_champion_version", **model) == 1
    assert api.metric("rookery_api_swaps_total", **model) == 1


def test_thousand_requests_at_once_are_answered_or_told_to_come_back(
    registered: RegisteredModel, start_api: StartApi
) -> None:
    api = start_api(max_connections=900)
    api.await_version(registered.spec.name, "1")
    request = post(f"/predict/{registered.spec.name}", json.dumps(ROW).encode(), api.port)
    statuses: list[int] = []

    result = asyncio.run(
        load(
            api.port,
            request,
            connections=1000,
            stop=lambda: True,
            on_answer=lambda status, _: statuses.append(status),
        )
    )

    assert len(statuses) == len(result.latencies)
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) >= 500
    eventually(lambda: api.client.get("/livez").status_code == 200)


def test_docs_need_nothing_from_elsewhere(api: ApiProcess) -> None:
    page = api.client.get("/docs")

    assert "http" not in page.text
    assert "script-src 'self';" in page.headers["content-security-policy"]
    for path in ("start.js", "swagger-ui-bundle.js", "swagger-ui.css"):
        assert api.client.get(f"/docs/{path}").status_code == 200


def test_openapi_document_has_units_ranges_and_examples(
    api: ApiProcess, registered: RegisteredModel
) -> None:
    document = api.client.get("/openapi.json").json()

    operation = document["paths"][f"/predict/{registered.spec.name}"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    name = body["oneOf"][0]["$ref"].removeprefix("#/components/schemas/")
    instance = document["components"]["schemas"][name]
    bill = instance["properties"]["bill_length_mm"]
    assert (bill["minimum"], bill["maximum"], bill["x-unit"]) == (20, 80, "mm")
    assert instance["examples"] == [ROW]
    assert api.predict(registered.spec.name, instance["examples"][0]).status_code == 200
    assert {"400", "404", "405", "408", "413", "415", "422", "500", "503"} <= set(
        operation["responses"]
    )
