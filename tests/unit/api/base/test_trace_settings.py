"""When spans are sent, by OpenTelemetry's variables."""

import pytest

from rookery_api.base.trace_settings import TraceSettings
from rookery_core.errors import Refused

COLLECTOR = "http://127.0.0.1:4318"


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the shell's own."""
    for name in TraceSettings.model_fields:
        monkeypatch.delenv(f"OTEL_{name.upper()}", raising=False)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, False),
        ({"EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"TRACES_EXPORTER": ""}, False),
        ({"TRACES_EXPORTER": "otlp"}, True),
        ({"TRACES_EXPORTER": " OTLP "}, True),
        ({"EXPORTER_OTLP_ENDPOINT": COLLECTOR}, True),
        ({"EXPORTER_OTLP_TRACES_ENDPOINT": COLLECTOR}, True),
        ({"EXPORTER_OTLP_ENDPOINT": COLLECTOR, "TRACES_EXPORTER": "none"}, False),
        ({"EXPORTER_OTLP_ENDPOINT": COLLECTOR, "SDK_DISABLED": "True"}, False),
        ({"EXPORTER_OTLP_ENDPOINT": COLLECTOR, "SDK_DISABLED": "1"}, True),
        ({"TRACES_EXPORTER": "none", "EXPORTER_OTLP_PROTOCOL": "grpc"}, False),
        ({"EXPORTER_OTLP_PROTOCOL": "grpc"}, False),
        ({"TRACES_EXPORTER": "otlp", "EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, True),
    ],
)
def test_spans_are_sent_where_the_variables_say_so(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"OTEL_{name}", value)

    assert TraceSettings().sends is expected


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"TRACES_EXPORTER": "zipkin"}, "set it to otlp or none"),
        ({"TRACES_EXPORTER": "otlp,console"}, "set it to otlp or none"),
        ({"EXPORTER_OTLP_PROTOCOL": "grpc"}, "http/protobuf"),
        ({"EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"}, "http/protobuf"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_words(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], told: str
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", COLLECTOR)
    for name, value in variables.items():
        monkeypatch.setenv(f"OTEL_{name}", value)

    with pytest.raises(Refused, match=told):
        _ = TraceSettings().sends
