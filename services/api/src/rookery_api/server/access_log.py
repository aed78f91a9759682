"""The access log: one JSON line a request, written without the machinery of the other events.

A request takes some tens of microseconds, and so does a structlog event; this line takes two. The
lines of one turn of the event loop are written as one.
"""

import asyncio
import time
from json.encoder import encode_basestring_ascii as quoted
from typing import TextIO


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
        key: str | None,
    ) -> None:
        """Writes one line; `path` is quoted, for it is the caller's. `key` is the name of a key."""
        if self._stream is None:
            return
        now = time.time()
        if int(now) != self._second:
            self._second = int(now)
            self._stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        where = f'"method": {quoted(method)}, "path": {quoted(path[:200])}'
        what = f'"status": {status}, "milliseconds": {seconds * 1000:.3f}'
        who = "" if key is None else f'"key": "{key}", '
        stamp = f"{self._stamp}.{int(now % 1 * 1e6):06d}Z"
        if not self._lines:
            asyncio.get_running_loop().call_soon(self._flush)
        self._lines.append(
            f'{{"event": "request", {where}, {what}, "request_id": "{request_id}", '
            f'{who}"level": "info", "timestamp": "{stamp}"}}\n'
        )

    def _flush(self) -> None:
        assert self._stream is not None
        lines, self._lines = self._lines, []
        self._stream.write("".join(lines))
        self._stream.flush()
