"""What bounds a connection: the times, sizes and numbers that uvicorn does not limit.

A request has `receive_seconds` to arrive, head and body together. A response may stay unread for
`send_seconds`. A connection that has been idle for long ends, or makes room for another. One that
is cut gets a problem if a response can still be given; then what its caller still sends is thrown
away for a moment, so that the response reaches the caller.
"""

import select
from asyncio import TimerHandle
from collections.abc import Sequence
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from rookery_api.base import problems
from rookery_api.base.metrics import Metrics
from rookery_api.base.problems import Problem
from rookery_api.base.settings import ApiSettings
from rookery_api.server.connection_pool import ConnectionPool
from rookery_api.server.request_reader import RequestReader
from rookery_api.server.response_head import head_of
from rookery_api.server.response_sender import CLOSE, SECURITY_HEADERS
from rookery_api.server.write_coalescing import CoalescingTransport

LINGER_BYTES = 8 * 1024 * 1024
"""Bytes that are still taken from a caller who has been answered, so that the response reaches him
before the connection ends."""
LINGER_SECONDS = 2.0
"""Seconds for which they are taken after the connection's last response."""


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's connection with its bounds; `Connection` reads and answers requests."""

    settings: ClassVar[ApiSettings]
    metrics: ClassVar[Metrics]
    pool: ClassVar[ConnectionPool]
    max_connections: ClassVar[int]
    origin_headers: ClassVar[Sequence[tuple[bytes, bytes]]]
    """Of the problems that the connection itself answers, whatever the request's origin."""

    _under_way: bool = False
    """Whether a request is being answered."""
    _served: bool = False
    """Whether a request has come at all."""
    _ended: bool = False
    """Whether the last answer is given: what still comes is thrown away."""
    _no_more: bool = False
    """Whether the caller has said that he sends nothing more."""
    _may_go_on: bool = False
    """Whether the connection outlives the answer once the body is here."""
    _lingering: int = 0
    _receive_timer: TimerHandle | None = None
    _send_timer: TimerHandle | None = None
    _output: CoalescingTransport
    _requests: RequestReader

    def connection_lost(self, exc: Exception | None) -> None:
        """Leaves nothing of the connection: no timer, no place among the idle."""
        self._disarm_receive()
        self._disarm_send()
        self.pool.wake(self)
        self.pool.release(self)
        super().connection_lost(exc)

    def _rest(self) -> None:
        """Notes that the connection is between requests."""
        if self._no_more:
            self.transport.close()
        elif not self.flow.write_paused:
            self.pool.rest(self, self.loop)

    def expire(self) -> None:
        """Closes the idle connection."""
        self.transport.close()

    def vacate(self) -> bool:
        """Closes the idle connection unless a request is already here; answers whether it has."""
        if not self._ended and self._has_unread():
            return False
        self.metrics.cut.labels("idle").inc()
        self.transport.close()
        return True

    def _has_unread(self) -> bool:
        waiting = select.poll()
        waiting.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(waiting.poll(0))

    def pause_writing(self) -> None:
        """Waits `send_seconds` for a caller who does not read."""
        super().pause_writing()
        self.pool.wake(self)
        if self._send_timer is None:
            self._send_timer = self.loop.call_later(self.settings.send_seconds, self._unread)

    def resume_writing(self) -> None:
        """Notes that the caller reads again."""
        super().resume_writing()
        self._disarm_send()
        if self._served and not self._under_way and not self._requests.begun:
            self._rest()

    def _unread(self) -> None:
        self._send_timer = None
        self.metrics.cut.labels("unread").inc()
        self.transport.abort()

    def _start_receive_timer(self) -> None:
        self._receive_timer = self.loop.call_later(self.settings.receive_seconds, self._too_slow)

    def _too_slow(self) -> None:
        self._receive_timer = None
        if self._requests.blank and self._served:
            self.transport.close()
            return
        self._cut(
            "slow",
            Problem(408, "too_slow", "The request did not arrive in time; send it faster."),
        )

    def _disarm_receive(self) -> None:
        if self._receive_timer is not None:
            self._receive_timer.cancel()
            self._receive_timer = None

    def _disarm_send(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None

    def _cut(self, reason: str, problem: Problem) -> None:
        """Ends the connection, with the problem if its request has no response yet."""
        self.metrics.cut.labels(reason).inc()
        if self.transport.is_closing():
            return
        cycle = self.cycle
        if self._under_way:
            if not cycle.response_started:
                self._write_problem(problem, with_body=cycle.scope["method"] != "HEAD")
            cycle.disconnected = True
            cycle.message_event.set()
        elif not self._requests.in_body:
            self._write_problem(problem)
        self._end()

    def _write_problem(self, problem: Problem, with_body: bool = True) -> None:
        body = problem.body("none")
        headers = [
            (b"content-type", problems.MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            CLOSE,
            *((name.lower().encode(), text.encode()) for name, text in problem.headers.items()),
            *SECURITY_HEADERS,
            *self.origin_headers,
        ]
        head = head_of(problem.status, headers)
        self.transport.write(head + body if with_body else head)

    def _end(self) -> None:
        """Says nothing more; what the caller still sends does not reset the connection."""
        self._ended = True
        self._requests.drop()
        self._disarm_receive()
        if self._no_more:
            self.transport.close()
            return
        self._output.write_eof()
        self.flow.resume_reading()
        self._receive_timer = self.loop.call_later(LINGER_SECONDS, self.transport.close)
        self.pool.rest(self, self.loop)

    def _linger(self, size: int) -> None:
        self._lingering += size
        if self._lingering > LINGER_BYTES:
            self.metrics.cut.labels("body").inc()
            self._ended = True
            self.transport.abort()
