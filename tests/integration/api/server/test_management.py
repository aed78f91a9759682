"""The management port: what it answers, to whom, and when."""

import signal
import socket
from contextlib import ExitStack
from importlib.metadata import version

import httpx
import psutil
import pytest
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel, make_bundle
from tools.harness.polling import eventually

from rookery_api.serve import MANAGEMENT_CONNECTIONS

PATHS = ("/healthz", "/metrics")
EVERYWHERE = "0.0.0.0"  # noqa: S104


@pytest.fixture(scope="module")
def registered(new_model: NewModel) -> RegisteredModel:
    """A model with a champion."""
    registered = new_model("sex")
    registered.promote(make_bundle(registered.spec))
    return registered


@pytest.fixture(scope="module")
def api(registered: RegisteredModel, start_api: StartApi) -> ApiProcess:
    """An API that serves it."""
    return start_api()


@pytest.mark.parametrize("settings", [{"access": "open"}, {"api_key": "a-key-of-letters"}])
def test_health_and_metrics_are_on_the_management_port_alone(
    registered: RegisteredModel, start_api: StartApi, settings: dict[str, str]
) -> None:
    api = start_api(**settings)

    for path in PATHS:
        answer = api.management.get(path, headers={"Host": "10.1.2.3:9464"})
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "date" in answer.headers
        assert api.management.head(path).status_code == 200
        assert api.client.get(path).status_code == (404 if "access" in settings else 401)


@pytest.mark.parametrize(
    "path", ["/", "/livez", "/models", "/predict/sex", "/openapi.json", "/metrics/", "//metrics"]
)
def test_nothing_else_is_on_it(api: ApiProcess, path: str) -> None:
    answer = api.management.get(path)

    assert answer.status_code == 404
    assert answer.json()["reason"] == "unknown_path"
    assert "/metrics and /healthz are on this port" in answer.json()["detail"]


def test_metrics_are_openmetrics_for_those_who_ask_for_it(api: ApiProcess) -> None:
    asked = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"

    answers = [api.management.get("/metrics", headers={"Accept": each}) for each in (asked, "*/*")]

    opened, text = (answer.headers["content-type"] for answer in answers)
    assert opened.startswith("application/openmetrics-text; version=1.0.0")
    assert text == "text/plain; version=0.0.4; charset=utf-8"
    assert answers[0].text.endswith("# EOF\n")
    assert {answer.headers["vary"] for answer in answers} == {"Accept"}


def test_metrics_show_the_process_and_its_build(api: ApiProcess) -> None:
    process = psutil.Process(api.process.pid)

    assert api.metric("process_resident_memory_bytes") > process.memory_info().rss / 2
    assert api.metric("process_open_fds") > 0
    assert api.metric("process_cpu_seconds_total") > 0
    assert api.metric("rookery_api_build_info", version=version("rookery-api")) == 1


def test_it_is_read_only(api: ApiProcess) -> None:
    answer = api.management.post("/metrics", content=b"x")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_it_listens_on_loopback_unless_told_otherwise(
    registered: RegisteredModel, start_api: StartApi
) -> None:
    api = start_api(host=EVERYWHERE)

    listening = {
        (each.laddr.ip, each.laddr.port)
        for each in psutil.Process(api.process.pid).net_connections(kind="inet")
        if each.status == psutil.CONN_LISTEN
    }

    assert listening == {(EVERYWHERE, api.port), ("127.0.0.1", api.management_port)}


def test_a_full_serving_port_does_not_starve_it(
    registered: RegisteredModel, start_api: StartApi
) -> None:
    api = start_api(max_connections=5, max_in_flight=1)
    with ExitStack() as held:
        for _ in range(8):
            held.enter_context(socket.create_connection(("127.0.0.1", api.port), timeout=10))
        eventually(lambda: api.metric("rookery_api_connections_cut_total", reason="connections"))

        for path in PATHS:
            assert httpx.get(f"{api.management.base_url}{path}", trust_env=False).status_code == 200


def test_its_own_connections_are_bounded_and_leave_the_serving_port_alone(
    registered: RegisteredModel, start_api: StartApi
) -> None:
    api = start_api(receive_seconds=60)
    process = psutil.Process(api.process.pid)

    def held() -> int:
        return sum(
            each.laddr.port == api.management_port and each.status == psutil.CONN_ESTABLISHED
            for each in process.net_connections(kind="inet")
        )

    with ExitStack() as callers:
        address = ("127.0.0.1", api.management_port)
        for _ in range(MANAGEMENT_CONNECTIONS + 20):
            callers.enter_context(socket.create_connection(address, timeout=10))

        eventually(lambda: 0 < held() <= MANAGEMENT_CONNECTIONS)
        assert api.client.get("/livez").status_code == 200
    eventually(lambda: api.management.get("/healthz").status_code == 200)


def test_it_shows_a_drain_and_ends_last(registered: RegisteredModel, start_api: StartApi) -> None:
    api = start_api(drain_seconds=1)
    api.await_version(registered.spec.name, "1")
    head = f"POST /predict/{registered.spec.name} HTTP/1.1\r\nHost: localhost\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n"

    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as connection:
        connection.sendall(head.encode())
        eventually(lambda: api.metric("rookery_api_requests_in_flight") >= 1)
        api.process.send_signal(signal.SIGTERM)
        eventually(lambda: api.management.get("/healthz").json()["status"] == "draining")
        eventually(lambda: _refuses(api.port), what="the closed door")

        assert api.management.get("/healthz").json()["ready"] is False
        assert api.metric("rookery_api_requests_in_flight") >= 1
    assert api.process.wait(timeout=30) == 0


def test_idle_scrapers_do_not_hold_the_end_up(
    registered: RegisteredModel, start_api: StartApi
) -> None:
    api = start_api()
    with socket.create_connection(("127.0.0.1", api.management_port), timeout=10) as idle:
        idle.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n")
        api.management.get("/metrics")

        assert api.terminate() == 0


def test_a_port_that_is_taken_ends_the_start(
    registered: RegisteredModel, start_api: StartApi
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(AssertionError, match="address already in use"),
    ):
        start_api(management_port=taken.getsockname()[1])


def _refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False
