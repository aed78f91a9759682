"""Whom the process asks for a key, on real sockets; and when it does not start at all."""

import json
import os
import socket
import subprocess
import sys

import httpx
import pytest
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.rows import GOOD, ROW
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel, make_bundle
from tools.harness.polling import eventually

ALL, SHOP, NEXT = "all-of-the-letters", "shop-of-the-letters", "next-of-the-letters"
KEYS = {
    "shop": {"key": SHOP, "scopes": ["predict"], "max_in_flight": 2},
    "shop-next": {"key": NEXT, "scopes": ["predict"]},
}


@pytest.fixture(scope="module")
def registered(new_model: NewModel) -> RegisteredModel:
    """A model with a champion."""
    registered = new_model("sex")
    registered.promote(make_bundle(registered.spec))
    return registered


@pytest.fixture(scope="module")
def api(registered: RegisteredModel, start_api: StartApi) -> ApiProcess:
    """An API that serves it to whoever has a key."""
    api = start_api(api_key=ALL, keys=json.dumps(KEYS))
    eventually(lambda: state(api, registered.spec.name) == "serving")
    return api


def state(api: ApiProcess, model: str) -> str | None:
    """The model's state, which the management port tells without a key."""
    models: dict[str, str] = api.management.get("/healthz").json()["models"]
    return models.get(model)


def predict(api: ApiProcess, model: str, **headers: str) -> httpx.Response:
    """The answer to a row, asked with these headers."""
    return api.client.post(f"/predict/{model}", json=ROW, headers=headers)


def test_key_is_demanded_and_never_logged(api: ApiProcess, registered: RegisteredModel) -> None:
    name = registered.spec.name

    refused = predict(api, name)
    taken = [
        predict(api, name, **{"X-API-Key": ALL}),
        predict(api, name, Authorization=f"Bearer {SHOP}"),
        predict(api, name, **{"X-API-Key": NEXT}),
    ]
    foreign = api.client.get("/v2/models/x", headers={"Authorization": "Bearer wrong-letters"})

    assert refused.status_code == 401
    assert refused.headers["www-authenticate"]
    assert [answer.status_code for answer in taken] == [200] * 3
    assert (foreign.status_code, list(foreign.json())) == (401, ["error"])
    eventually(lambda: "/v2/models/x" in api.log.read_text())
    log = api.log.read_text()
    assert not [key for key in (ALL, SHOP, NEXT) if key in log]
    shown = [json.loads(line).get("key") for line in log.splitlines() if "/predict/" in line]
    assert shown == [None, "default", "shop", "shop-next"]


def test_requests_are_counted_by_the_name_of_their_key(api: ApiProcess) -> None:
    before = api.metric("rookery_api_key_requests_total", key="shop", status="403")

    refused = api.client.get("/models", headers={"X-API-Key": SHOP})

    assert refused.status_code == 403
    assert refused.json()["reason"] == "scope"
    after = api.metric("rookery_api_key_requests_total", key="shop", status="403")
    assert after == before + 1


def test_one_caller_does_not_take_the_others_room(
    api: ApiProcess, registered: RegisteredModel
) -> None:
    head = (
        f"POST /predict/{registered.spec.name} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {SHOP}\r\n"
    )
    head += f"Content-Type: application/json\r\nContent-Length: {len(GOOD)}\r\n\r\n"
    connections = [socket.create_connection(("127.0.0.1", api.port), timeout=20) for _ in "ab"]
    try:
        for each in connections:
            each.sendall(head.encode() + GOOD[:5])
        eventually(lambda: api.metric("rookery_api_requests_in_flight") >= 2)

        third = predict(api, registered.spec.name, **{"X-API-Key": SHOP})
        other = predict(api, registered.spec.name, **{"X-API-Key": NEXT})
        for each in connections:
            each.sendall(GOOD[5:])
        answers = [each.recv(65536) for each in connections]
    finally:
        for each in connections:
            each.close()

    assert (third.status_code, third.json()["reason"]) == (429, "key_busy")
    assert int(third.headers["retry-after"]) >= 1
    assert other.status_code == 200
    assert [answer[:12] for answer in answers] == [b"HTTP/1.1 200"] * 2
    eventually(lambda: predict(api, registered.spec.name, **{"X-API-Key": SHOP}).status_code == 200)


@pytest.mark.parametrize(
    "target",
    [
        *("/models%2fspecies", "//models", "/./models", "/%6dodels", "/MODELS", "/models%0a"),
        *("/livez/../models", "/models?livez", "http://localhost/models", "*", "/nowhere"),
        *("/openapi.json", "/docs", "/", "/v2", "/metrics", "/healthz", "/version", "/ping/"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "TRACE"])
def test_no_spelling_of_a_path_is_answered_without_a_key(
    api: ApiProcess, method: str, target: str
) -> None:
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as connection:
        connection.sendall(
            f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        answer = connection.recv(65536)

    assert answer[:12] in (b"HTTP/1.1 401", b"HTTP/1.1 400"), answer[:200]


@pytest.mark.parametrize(
    "path", ["/livez", "/readyz", "/v2/health/live", "/v2/health/ready", "/ping", "/health"]
)
def test_probes_ask_nobody(api: ApiProcess, path: str) -> None:
    assert api.client.get(path).status_code == 200


def ended(**variables: str) -> tuple[int, str]:
    """The exit code and the reason of a process that does not start with these variables."""
    done = subprocess.run(
        [sys.executable, "-m", "rookery_api"],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    (line,) = done.stderr.splitlines()
    return done.returncode, str(json.loads(line)["reason"])


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "there is no key"),
        ({"ROOKERY_API_ACCESS": "keys"}, "there is no key"),
        ({"ROOKERY_API_ACCESS": ""}, "'keys' or 'open'"),
        ({"ROOKERY_API_API_KEY": ""}, "16 to 512"),
        ({"ROOKERY_API_API_KEY": " "}, "16 to 512"),
        ({"ROOKERY_API_API_KEY": "", "ROOKERY_API_ACCESS": "open"}, "16 to 512"),
        ({"ROOKERY_API_API_KEY": "short", "ROOKERY_API_ACCESS": "keys"}, "16 to 512"),
        ({"ROOKERY_API_KEYS": ""}, "not a JSON object"),
        ({"ROOKERY_API_KEYS": '{"a": {"key": "short", "scopes": ["read"]}}'}, "16 to 512"),
        ({"ROOKERY_API_API_KEY": ALL, "ROOKERY_API_ACCESS": "open"}, "nobody would be asked"),
        ({"ROOKERY_API_ALLOWED_HOSTS": "localhost", "ROOKERY_API_ACCESS": "open"}, "as JSON"),
        ({"ROOKERY_MLFLOW_PASSWORD": "", "ROOKERY_API_ACCESS": "open"}, "empty or blank"),
        ({"ROOKERY_MLFLOW_PASSWORD": "  ", "ROOKERY_API_ACCESS": "open"}, "empty or blank"),
    ],
)
def test_what_would_leave_the_door_open_ends_the_start_with_one_sentence(
    variables: dict[str, str], said: str
) -> None:
    code, reason = ended(**variables)

    assert code == 42
    assert said in reason
    assert "short" not in reason
    assert ALL not in reason
