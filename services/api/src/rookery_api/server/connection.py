"""A connection: uvicorn's, with one parse of each request.

`request_reader.py` reads the requests, and they are answered one after the other.
`connection_bounds.py` bounds what a connection may take. A request that arrives in one piece starts
no timer.
"""

import asyncio
from asyncio import Transport

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT

from rookery_api.access.origins import OriginList
from rookery_api.base.metrics import Metrics
from rookery_api.base.problems import Problem, busy, malformed
from rookery_api.base.settings import ApiSettings
from rookery_api.server.connection_bounds import BoundedConnection
from rookery_api.server.connection_pool import ConnectionPool
from rookery_api.server.request_head import Head
from rookery_api.server.request_reader import RequestReader
from rookery_api.server.response_head import Cycle
from rookery_api.server.write_coalescing import CoalescingTransport


class Connection(BoundedConnection):
    """One caller's connection; `connection_class` gives it its settings."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begins the connection: its first request has `receive_seconds` from now."""
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

    def data_received(self, data: bytes) -> None:
        """Takes bytes of a request, or of several."""
        if self.transport.is_closing():
            return
        if self._ended:
            self._linger(len(data))
            return
        self.pool.wake(self)
        self._requests.feed(data)
        self._advance()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Notes that the caller sends nothing more; what he has asked is still answered."""
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
        """Waits for the rest of a request that has begun, or ends it where no more can come."""
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
        """Reads the body; answers whether all is here. Many small chunks are read in pieces."""
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
        """Reads another piece of the body in another turn of the event loop."""
        if self.transport.is_closing() or self._ended:
            return
        self._advance()
        requests = self._requests
        if requests.has_piece or (requests.waiting and not requests.in_body):
            return
        if not self._under_way or len(self.cycle.body) <= HIGH_WATER_LIMIT:
            self.flow.resume_reading()

    def _begin(self, head: Head) -> None:
        """Begins to answer the request, as far as it has arrived."""
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
        """Hands to the request what arrived of its body."""
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
        """Lets what follows the request under way wait, or drops it if the connection ends."""
        if self.cycle.keep_alive and self.pool.may_wait(self, self._requests.waiting):
            self.flow.pause_reading()
            return
        self.cycle.keep_alive = self._may_go_on = False
        self._requests.drop()

    def on_response_complete(self) -> None:
        """Sends the response as one piece, and lets the next request have its turn."""
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

    def shutdown(self) -> None:
        """Ends the connection with the response under way, as uvicorn does."""
        self._may_go_on = False
        super().shutdown()


def connection_class(
    settings: ApiSettings, metrics: Metrics, max_connections: int, origins: OriginList
) -> type[Connection]:
    """Makes the class of the connections of one server, at most `max_connections` at once."""
    shared = {
        "settings": settings,
        "metrics": metrics,
        "max_connections": max_connections,
        "origin_headers": origins.connection_headers,
        "pool": ConnectionPool(settings.keep_alive_seconds, settings.max_buffered_bytes),
    }
    return type("Connection", (Connection,), shared)
