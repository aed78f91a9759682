"""A connection: uvicorn's, with the limits it lacks.

A request has `receive_seconds` to arrive, head and body together, and a head of bounded size; an
answer may stay unread for `send_seconds`; there are so many connections and no more. What is cut
gets a problem where an answer can still be given, and only its own connection is closed. A request
that arrives in one piece starts no timer.
"""

from asyncio import TimerHandle, Transport
from collections.abc import Callable
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from rookery_api import problems
from rookery_api.exchange import SECURITY_HEADERS
from rookery_api.gathering import GatheringTransport
from rookery_api.metrics import Metrics
from rookery_api.problems import Problem, busy, malformed
from rookery_api.settings import ApiSettings

LINGER_BYTES = 8 * 1024 * 1024
"""How much of a body is still taken from a caller who has been answered, so that the answer
reaches him before the connection ends."""


class Connection(HttpToolsProtocol):
    """One caller's connection; `connection_class` gives it its settings."""

    settings: ClassVar[ApiSettings]
    metrics: ClassVar[Metrics]

    _arriving: bool = False
    """Whether a request has begun and its end is not here yet."""
    _in_head: bool = True
    _head_bytes: int = 0
    _lingering: int = 0
    _receive_timer: TimerHandle | None = None
    _send_timer: TimerHandle | None = None
    _problem: Problem | None = None
    _answers: GatheringTransport

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """The first request has `receive_seconds` from now."""
        self._answers = GatheringTransport(transport, self.loop)
        super().connection_made(self._answers)
        if len(self.connections) > self.settings.max_connections:
            self._cut("connections", busy("Too many connections are open; try again."))
            return
        self._receive_timer = self._later(self.settings.receive_seconds, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """No timer outlives the connection."""
        self._disarm_receive()
        self._disarm_send()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """As uvicorn's, with the clock running while a request is incomplete."""
        if self.transport.is_closing():
            return
        self._head_bytes += len(data) if self._in_head else 0
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._arriving and self._head_bytes > self.settings.max_header_bytes:
            self._cut("head", _large_head())
        elif not self._arriving:
            self._disarm_receive()
        elif self._receive_timer is None:
            self._receive_timer = self._later(self.settings.receive_seconds, self._too_slow)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._arriving = self._in_head = True
        self._lingering = 0

    def on_headers_complete(self) -> None:
        """The head is here; too large a one is refused as the parser refuses a malformed one."""
        if self._head_bytes > self.settings.max_header_bytes:
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size > self.settings.max_header_bytes:
                self._problem = _large_head()
                raise self._problem
        self._in_head = False
        self._head_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """As uvicorn's; of a body that nobody waits for, only so much is taken."""
        super().on_body(body)
        if self.cycle.response_complete:
            self._lingering += len(body)
            if self._lingering > LINGER_BYTES:
                self.metrics.cut.labels("body").inc()
                self.transport.abort()

    def on_message_complete(self) -> None:
        """The request is here."""
        super().on_message_complete()
        self._arriving = False
        self._in_head = True
        self._head_bytes = 0

    def on_response_complete(self) -> None:
        """The answer is on its way as one piece."""
        self._answers.flush()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """What the parser cannot read is answered as a problem; `msg` is uvicorn's word for it."""
        self._cut("malformed", self._problem or malformed(msg))

    def pause_writing(self) -> None:
        """The caller does not read: the answer waits `send_seconds` for him."""
        super().pause_writing()
        if self._send_timer is None:
            self._send_timer = self._later(self.settings.send_seconds, self._unread)

    def resume_writing(self) -> None:
        """The caller reads again."""
        super().resume_writing()
        self._disarm_send()

    def _too_slow(self) -> None:
        self._receive_timer = None
        self._cut(
            "slow",
            Problem(408, "too_slow", "The request did not arrive in time; send it faster."),
        )

    def _unread(self) -> None:
        self._send_timer = None
        self.metrics.cut.labels("unread").inc()
        self.transport.abort()

    def _cut(self, reason: str, problem: Problem) -> None:
        """The connection ends, with the problem where no answer has begun."""
        self.metrics.cut.labels(reason).inc()
        # uvicorn leaves the cycle out until the first request, whatever its type says.
        cycle: RequestResponseCycle | None = self.cycle
        if self.transport.is_closing():
            return
        if cycle is None or cycle.response_complete:
            self.transport.write(_response(problem))
        else:
            if not cycle.response_started:
                self.transport.write(_response(problem))
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()

    def _later(self, seconds: float, action: Callable[[], None]) -> TimerHandle:
        return self.loop.call_later(seconds, action)

    def _disarm_receive(self) -> None:
        if self._receive_timer is not None:
            self._receive_timer.cancel()
            self._receive_timer = None

    def _disarm_send(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None


def connection_class(settings: ApiSettings, metrics: Metrics) -> type[Connection]:
    """The connections of one server."""
    return type("Connection", (Connection,), {"settings": settings, "metrics": metrics})


def _large_head() -> Problem:
    return Problem(431, "head_too_large", "The request's head is too large; send fewer headers.")


def _response(problem: Problem) -> bytes:
    body = problem.body("none")
    headers = [
        (b"content-type", problems.MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *((name.lower().encode(), text.encode()) for name, text in problem.headers.items()),
        *SECURITY_HEADERS,
    ]
    lines = [name + b": " + value + b"\r\n" for name, value in headers]
    return b"".join([STATUS_LINE[problem.status], *lines, b"\r\n", body])
