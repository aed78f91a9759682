"""A connection: uvicorn's, with one parse of each request and the limits it lacks.

`request_reader.py` reads the requests, and they are answered one after the other. A request has
`receive_seconds` to arrive, head and body together, and a head of bounded size. A response may stay
unread for `send_seconds`. The number of connections is bounded, and the one that has been idle
longest makes room. A connection that is cut gets a problem where a response can still be given, and
only that connection is closed. A request that arrives in one piece starts no timer.
"""

import asyncio
import select
from asyncio import TimerHandle, Transport
from typing import ClassVar

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from rookery_api.base import problems
from rookery_api.base.metrics import Metrics
from rookery_api.base.problems import Problem, busy, malformed
from rookery_api.base.settings import ApiSettings
from rookery_api.server.connection_pool import ConnectionPool
from rookery_api.server.request_head import Head
from rookery_api.server.request_reader import RequestReader
from rookery_api.server.response_head import Cycle, head_of
from rookery_api.server.response_sender import CLOSE, SECURITY_HEADERS
from rookery_api.server.write_coalescing import CoalescingTransport

LINGER_BYTES = 8 * 1024 * 1024
"""How much is still taken from a caller who has been answered, so that the answer reaches him
before the connection ends."""
LINGER_SECONDS = 2.0
"""How long it is taken after the connection's last answer."""


class Connection(HttpToolsProtocol):
    """One caller's connection; `connection_class` gives it its settings."""

    settings: ClassVar[ApiSettings]
    metrics: ClassVar[Metrics]
    pool: ClassVar[ConnectionPool]
    max_connections: ClassVar[int]

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

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """The first request has `receive_seconds` from now."""
        # Whatever the kernel does not take at once has `send_seconds` to leave.
        transport.set_write_buffer_limits(high=0)
        self._output = CoalescingTransport(transport, self.loop)
        self._requests = RequestReader(self.settings.max_header_bytes)
        super().connection_made(self._output)
        if len(self.connections) > self.max_connections and not self.pool.make_room(
            self.loop.time()
        ):
            self.metrics.cut.labels("connections").inc()
            self._write_problem(busy("Too many connections are open; try again."))
            self.transport.close()
            return
        self._start_receive_timer()
        self.pool.arrive(self, self.loop.time())

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing of the connection is left: no timer, no place among the idle."""
        self._disarm_receive()
        self._disarm_send()
        self.pool.wake(self)
        self.pool.release(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes of a request, or of several."""
        if self.transport.is_closing():
            return
        if self._ended:
            self._linger(len(data))
            return
        self.pool.wake(self)
        self._requests.feed(data)
        self._advance()

    def eof_received(self) -> bool:  # type: ignore[override]
        """The caller sends nothing more; what he has asked is still answered."""
        self._no_more = True
        if self._ended:
            return False
        if not self._under_way and not self._requests.begun:
            return False
        self._advance()
        return True

    def _advance(self) -> None:
        """Reads as far as it goes; afterwards the right timer runs."""
        try:
            self._read()
        except Problem as problem:
            self._cut("head" if problem.status == 431 else "malformed", problem)
            return
        if self._ended:
            return
        if self._requests.in_body or (not self._under_way and self._requests.begun):
            self._await_more()
            return
        self._disarm_receive()
        if not self._under_way:
            self._rest()

    def _await_more(self) -> None:
        """A request has begun and is not whole."""
        if self._no_more and not self._requests.has_piece:
            if self._requests.blank:
                self.transport.close()
            else:
                self._cut("malformed", malformed("The request ends before it is whole."))
        elif self._receive_timer is None:
            self._start_receive_timer()

    def _read(self) -> None:
        requests = self._requests
        while not self._ended:
            if requests.in_body:
                if not self._read_body():
                    return
            elif self._under_way:
                if requests.waiting:
                    self._wait_behind()
                return
            else:
                head = requests.head()
                if head is None:
                    return
                self._begin(head)

    def _read_body(self) -> bool:
        """Whether all of the body is here now; of one in many small chunks a piece is read."""
        requests = self._requests
        if self.cycle.response_complete:
            before = requests.waiting
            requests.body()
            self._linger(before - requests.waiting)
        else:
            self._hand_on(requests.body())
        if not requests.in_body:
            return True
        if requests.has_piece:
            self.flow.pause_reading()
            self.loop.call_soon(self._go_on)
        return False

    def _go_on(self) -> None:
        """Another turn of the event loop takes another piece of the body."""
        if self.transport.is_closing() or self._ended:
            return
        self._advance()
        requests = self._requests
        if requests.has_piece or (requests.waiting and not requests.in_body):
            return
        if not self._under_way or len(self.cycle.body) <= HIGH_WATER_LIMIT:
            self.flow.resume_reading()

    def _begin(self, head: Head) -> None:
        """The request is answered from here on, as far as it has arrived."""
        self._under_way = self._served = True
        self._lingering = 0
        expects = head.expects_continue
        self._may_go_on = head.keep_alive
        self.cycle = Cycle(
            scope={
                "type": "http",
                "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
                "http_version": head.version,
                "server": self.server,
                "client": self.client,
                "scheme": self.scheme or "http",
                "method": head.method,
                "root_path": "",
                "path": head.path,
                "raw_path": head.raw_path,
                "query_string": head.query,
                "headers": head.headers,
                "state": self.app_state.copy(),
            },
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=expects,
            # A caller who is answered instead of being told to continue may send the body or leave
            # it out (RFC 9110, 10.1.1), and nothing tells the body from the next request.
            keep_alive=head.keep_alive and not expects,
            on_response=self.on_response_complete,
        )
        self._start_asgi_task(self.cycle, self.app)
        if not self._requests.in_body:
            self._hand_on(b"")

    def _hand_on(self, body: bytes) -> None:
        """The request gets what arrived of its body."""
        cycle = self.cycle
        whole = not self._requests.in_body
        if body or whole or self._requests.waiting:
            # The caller does not wait for leave, if he ever did.
            cycle.waiting_for_100_continue = False
            if not cycle.response_started:
                cycle.keep_alive = self._may_go_on
        if not body and not whole:
            return
        cycle.body += body
        cycle.more_body = not whole
        if not whole and len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.message_event.set()

    def _wait_behind(self) -> None:
        """What follows the request under way waits, or is left out where the connection ends."""
        if self.cycle.keep_alive and self.pool.may_wait(self, self._requests.waiting):
            self.flow.pause_reading()
            return
        self.cycle.keep_alive = self._may_go_on = False
        self._requests.drop()

    def on_response_complete(self) -> None:
        """The answer is on its way as one piece, and the next request has its turn."""
        self._under_way = False
        self._output.flush()
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self._requests.begun or self._no_more:
            self.pool.release(self)
            self._advance()
        else:
            self._rest()

    def _rest(self) -> None:
        """The connection is between requests."""
        if self._no_more:
            self.transport.close()
        elif not self.flow.write_paused:
            self.pool.rest(self, self.loop)

    def expire(self) -> None:
        """The idle connection is closed."""
        self.transport.close()

    def vacate(self) -> bool:
        """Whether the idle connection has been closed: not where a request is already here."""
        if not self._ended and self._has_unread():
            return False
        self.metrics.cut.labels("idle").inc()
        self.transport.close()
        return True

    def _has_unread(self) -> bool:
        waiting = select.poll()
        waiting.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(waiting.poll(0))

    def shutdown(self) -> None:
        """As uvicorn's: the connection ends with the answer under way."""
        self._may_go_on = False
        super().shutdown()

    def pause_writing(self) -> None:
        """The caller does not read: the answer waits `send_seconds` for him."""
        super().pause_writing()
        self.pool.wake(self)
        if self._send_timer is None:
            self._send_timer = self.loop.call_later(self.settings.send_seconds, self._unread)

    def resume_writing(self) -> None:
        """The caller reads again."""
        super().resume_writing()
        self._disarm_send()
        if self._served and not self._under_way and not self._requests.begun:
            self._rest()

    def _too_slow(self) -> None:
        self._receive_timer = None
        if self._requests.blank and self._served:
            self.transport.close()
            return
        self._cut(
            "slow",
            Problem(408, "too_slow", "The request did not arrive in time; send it faster."),
        )

    def _unread(self) -> None:
        self._send_timer = None
        self.metrics.cut.labels("unread").inc()
        self.transport.abort()

    def _cut(self, reason: str, problem: Problem) -> None:
        """The connection ends, with the problem where its request has no answer yet."""
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
        ]
        head = head_of(problem.status, headers)
        self.transport.write(head + body if with_body else head)

    def _end(self) -> None:
        """Nothing more is said; what the caller still sends does not reset the connection."""
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

    def _start_receive_timer(self) -> None:
        self._receive_timer = self.loop.call_later(self.settings.receive_seconds, self._too_slow)

    def _disarm_receive(self) -> None:
        if self._receive_timer is not None:
            self._receive_timer.cancel()
            self._receive_timer = None

    def _disarm_send(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None


def connection_class(
    settings: ApiSettings, metrics: Metrics, max_connections: int
) -> type[Connection]:
    """The connections of one server, at most `max_connections` at once."""
    shared = {
        "settings": settings,
        "metrics": metrics,
        "max_connections": max_connections,
        "pool": ConnectionPool(settings.keep_alive_seconds, settings.max_buffered_bytes),
    }
    return type("Connection", (Connection,), shared)
