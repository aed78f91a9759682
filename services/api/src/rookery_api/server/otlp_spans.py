"""Spans for a collector, by OTLP over HTTP: one for each request but the probes.

This module is imported only where spans are sent: it brings OpenTelemetry's SDK. Spans are sent by
a thread, in batches; what a collector does not take is dropped, and requests do not wait for it.
"""

import time
from collections.abc import Mapping

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    format_span_id,
    format_trace_id,
    set_span_in_context,
)
from starlette.types import Scope

from rookery_api.server.trace_context import TraceContext

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_SERVER_ERROR = 500


class OtlpSpans:
    """Sends spans until it is closed."""

    def __init__(self, version: str) -> None:
        """Starts the thread that sends; the environment says where to, and which are sampled."""
        ours = Resource({"service.name": "rookery-api", "service.version": version})
        resource = ours.merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("rookery_api", version)

    def record(self, scope: Scope, route: str | None, status: int, seconds: float) -> TraceContext:
        """Records the span of a request that has been answered; returns its trace.

        It is a child of the caller's span, where the caller named one.
        """
        end = time.time_ns()
        method = scope["method"] if scope["method"] in METHODS else "HTTP"
        caller: TraceContext | None = scope["state"].get("trace")
        span = self._tracer.start_span(
            method if route is None else f"{method} {route}",
            context=None if caller is None else set_span_in_context(_remote(caller)),
            kind=SpanKind.SERVER,
            attributes=_attributes(scope, route, status),
            start_time=end - int(seconds * 1e9),
        )
        if status >= _SERVER_ERROR:
            span.set_status(Status(StatusCode.ERROR))
        span.end(end)
        own = span.get_span_context()
        flags = f"{own.trace_flags:02x}"
        return TraceContext(format_trace_id(own.trace_id), format_span_id(own.span_id), flags)

    def close(self) -> None:
        """Sends what is left, as far as the collector takes it."""
        self._provider.shutdown()


def _remote(caller: TraceContext) -> NonRecordingSpan:
    context = SpanContext(
        trace_id=int(caller.trace_id, 16),
        span_id=int(caller.span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(int(caller.trace_flags, 16)),
    )
    return NonRecordingSpan(context)


def _attributes(scope: Scope, route: str | None, status: int) -> Mapping[str, str | int]:
    """Describes a request with the names of
    https://opentelemetry.io/docs/specs/semconv/http/http-spans/, and three of our own."""
    state = scope["state"]
    found: dict[str, str | int | None] = {
        "http.request.method": scope["method"] if scope["method"] in METHODS else "_OTHER",
        "url.scheme": scope["scheme"],
        "url.path": scope["path"][:200],
        "http.route": route,
        "http.response.status_code": status,
        "error.type": str(status) if status >= _SERVER_ERROR else None,
        "http.request.body.size": state.get("body_bytes"),
        "rookery.request_id": state["request_id"],
        "rookery.model": scope.get("path_params", {}).get("model"),
        "rookery.model_version": state.get("model_version"),
    }
    return {name: value for name, value in found.items() if value is not None}
