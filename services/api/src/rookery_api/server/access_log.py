"""The access log: one JSON line a request, written without the machinery of the other events.

A request takes some tens of microseconds, and so does a structlog event; this line takes two. The
lines of one turn of the event loop are written as one.
"""

import asyncio
import time
from json.encoder import encode_basestring_ascii as quoted
from typing import TextIO

from rookery_api.server.trace_context import TraceContext


class AccessLog:
    """Writes to `stream`; probes leave no line."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._second = 0
        self._stamp = ""

    def write(
        self,
        method: str,
        path: str,
        status: int,
        seconds: float,
        request_id: str,
        *,
        key: str | None = None,
        trace: TraceContext | None = None,
        model_version: str | None = None,
        body_bytes: int | None = None,
    ) -> None:
        """Writes one line, without the fields that are None.

        Args:
            method: the request's.
            path: the request's; it is quoted, as it is the caller's.
            status: the answer's.
            seconds: from the request's head to the end of its answer.
            request_id: letters, digits, and `._-`.
            key: the name of the caller's key.
            trace: the caller's.
            model_version: the one that was asked; it is quoted, as it is the registry's.
            body_bytes: of the request's body, once it has been read whole.
        """
        if self._stream is None:
            return
        now = time.time()
        if int(now) != self._second:
            self._second = int(now)
            self._stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        where = f'"method": {quoted(method)}, "path": {quoted(path[:200])}'
        what = f'"status": {status}, "milliseconds": {seconds * 1000:.3f}'
        version = "" if model_version is None else f', "model_version": {quoted(model_version)}'
        size = "" if body_bytes is None else f', "body_bytes": {body_bytes}'
        who = "" if key is None else f'"key": "{key}", '
        if trace is not None:
            who += f'"trace_id": "{trace.trace_id}", "span_id": "{trace.span_id}", '
            who += f'"trace_flags": "{trace.trace_flags}", '
        stamp = f"{self._stamp}.{int(now % 1 * 1e6):06d}Z"
        if not self._lines:
            asyncio.get_running_loop().call_soon(self._flush)
        self._lines.append(
            f'{{"event": "request", {where}, {what}{version}{size}, "request_id": "{request_id}", '
            f'{who}"level": "info", "timestamp": "{stamp}"}}\n'
        )

    def _flush(self) -> None:
        assert self._stream is not None
        lines, self._lines = self._lines, []
        self._stream.write("".join(lines))
        self._stream.flush()
