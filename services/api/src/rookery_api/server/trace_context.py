"""The trace that a request belongs to, as its caller says in `traceparent`.

Source: https://www.w3.org/TR/trace-context/. The log's fields have the names of
https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/.
"""

import re
from typing import NamedTuple, Protocol

from starlette.types import Scope

_TRACEPARENT = re.compile(
    rb"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace>[0-9a-f]{32})"
    rb"-(?!0{16})(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)


class TraceContext(NamedTuple):
    """A caller's span, and the trace that it is part of; lower-case hexadecimal digits."""

    trace_id: str
    span_id: str
    trace_flags: str


class SpanRecorder(Protocol):
    """What makes spans of requests."""

    def record(self, scope: Scope, route: str | None, status: int, seconds: float) -> TraceContext:
        """Records the span of a request that has been answered; returns its trace."""


def read_traceparent(value: bytes) -> TraceContext | None:
    """Reads the header's value; None for one that is not valid, which counts as none.

    A later version than 00 may have more after its flags; what is known of it is read.
    """
    found = _TRACEPARENT.fullmatch(value)
    if found is None or (found["version"] == b"00" and found["more"] is not None):
        return None
    trace, span, flags = found["trace"], found["span"], found["flags"]
    return TraceContext(trace.decode(), span.decode(), flags.decode())
