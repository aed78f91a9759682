"""Spans: what a collector gets, and that nobody waits for one."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.rows import ROW
from tests.some import some
from tools.harness.bundles import RegisteredModel, make_bundle
from tools.harness.http_server import serving

from rookery_local.process.ports import free_ports

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collector(HTTPServer):
    """Takes spans, as OTLP over HTTP sends them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans: list[Any] = []
        self.resources: list[dict[str, str]] = []

    def take(self, path: str, body: bytes) -> None:
        """Keeps what was sent."""
        assert path == "/v1/traces"
        for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
            attributes = sent.resource.attributes
            self.resources.append({each.key: each.value.string_value for each in attributes})
            for scope in sent.scope_spans:
                self.spans.extend(scope.spans)


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture(scope="module")
def registered(new_model: NewModel) -> RegisteredModel:
    """A model with a champion."""
    registered = new_model("sex")
    registered.promote(make_bundle(registered.spec))
    return registered


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that the environment of new processes names."""
    with serving(Collector()) as collector:
        address = f"http://127.0.0.1:{collector.server_port}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        yield collector


def attributes(span: Any) -> dict[str, str | int]:
    """The attributes of one span."""
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes
    }


def test_each_request_but_the_probes_is_a_span_of_its_callers_trace(
    registered: RegisteredModel, start_api: StartApi, collector: Collector
) -> None:
    model = registered.spec.name
    api = start_api()
    api.await_version(model, "1")
    told = {"traceparent": f"00-{TRACE}-{SPAN}-01", "X-Request-ID": "bird-1"}

    api.client.post(f"/predict/{model}", json=ROW, headers=told)
    api.client.get("/nowhere", headers=told)
    api.client.post(f"/predict/{model}", json=ROW, headers={"X-Request-ID": "bird-2"})
    api.client.get("/livez", headers=told)
    assert api.terminate() == 0

    spans = {span.span_id.hex(): span for span in collector.spans}
    lines = {e["span_id"]: e for e in api.events() if e["event"] == "request"}
    assert spans.keys() == lines.keys()
    of_caller = {span.name: span for span in spans.values() if span.trace_id.hex() == TRACE}
    assert of_caller.keys() == {"POST /predict/{model}", "GET"}
    predicted = of_caller["POST /predict/{model}"]
    assert predicted.parent_span_id.hex() == SPAN
    assert predicted.kind == predicted.SPAN_KIND_SERVER
    assert 0 < predicted.end_time_unix_nano - predicted.start_time_unix_nano < 60e9
    found = attributes(predicted)
    assert found["http.route"] == "/predict/{model}"
    assert found["http.response.status_code"] == 200
    assert (found["rookery.model"], found["rookery.model_version"]) == (model, "1")
    assert attributes(of_caller["GET"])["http.response.status_code"] == 404
    (own,) = [line for line in lines.values() if line["request_id"] == "bird-2"]
    assert own["trace_id"] == spans[own["span_id"]].trace_id.hex() != TRACE
    assert spans[own["span_id"]].parent_span_id == b""
    assert {each["service.name"] for each in collector.resources} == {"rookery-api"}


def test_name_and_sampling_are_the_environments(
    registered: RegisteredModel,
    start_api: StartApi,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "birds")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_always_off")
    api = start_api()

    for flags in ("00", "01"):
        api.client.get("/models", headers={"traceparent": f"00-{TRACE}-{SPAN}-{flags}"})
    assert api.terminate() == 0

    (span,) = collector.spans
    assert span.trace_id.hex() == TRACE
    assert collector.resources[0]["service.name"] == "birds"
    lines = [event for event in api.events() if event.get("trace_id") == TRACE]
    assert [line["trace_flags"] for line in lines] == ["00", "01"]


def test_a_collector_that_is_away_holds_up_neither_answers_nor_the_end(
    registered: RegisteredModel, start_api: StartApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    (port,) = free_ports(1)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    api = start_api(grace_seconds=2)

    answers = [api.client.get("/models").status_code for _ in range(50)]
    begun = time.monotonic()

    assert answers == [200] * 50
    assert api.terminate() == 0
    assert time.monotonic() - begun < 20
    assert all(isinstance(event, dict) for event in some(api.events()))


def test_a_protocol_that_is_not_there_ends_the_start_with_words(
    registered: RegisteredModel,
    start_api: StartApi,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")

    with pytest.raises(AssertionError, match="spans are sent as http/protobuf"):
        start_api()
