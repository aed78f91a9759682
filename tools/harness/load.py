"""Load on one HTTP server: so many connections, each with one request under way at a time."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import numpy as np

OnAnswer = Callable[[int, bytes], None]


@dataclass
class Load:
    """What became of the requests."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    """Of each answered request, in seconds."""
    failures: list[str] = field(default_factory=list)
    """Answers other than 200, and connections that broke with a request under way."""

    @property
    def rate(self) -> float:
        """Returns answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Returns the latency that `share` per cent of the answers kept, in milliseconds."""
        return float(np.percentile(self.latencies, share)) * 1000


def post(path: str, body: bytes, port: int) -> bytes:
    """Returns a request as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str, port: int) -> bytes:
    """Returns a request without a body as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


async def load(
    port: int,
    request: bytes,
    *,
    connections: int,
    stop: Callable[[], bool],
    on_answer: OnAnswer | None = None,
    pause: float = 0.0,
) -> Load:
    """Puts the load of `connections` on 127.0.0.1, until `stop` says so after an answer.

    Each waits `pause` seconds between an answer and its next request.
    """
    result = Load()
    loop = asyncio.get_running_loop()
    callers = []
    begun = time.perf_counter()
    for _ in range(connections):
        _, caller = await loop.create_connection(
            lambda: Caller(request, result, stop, on_answer, pause), "127.0.0.1", port
        )
        callers.append(caller)
    await asyncio.gather(*(caller.done for caller in callers))
    result.seconds = time.perf_counter() - begun
    return result


class Caller(asyncio.Protocol):
    """One connection: asks, awaits the whole answer, asks again."""

    def __init__(
        self,
        request: bytes,
        result: Load,
        stop: Callable[[], bool],
        on_answer: OnAnswer | None,
        pause: float,
    ) -> None:
        self._pause = pause
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._request = request
        self._result = result
        self._stop = stop
        self._on_answer = on_answer
        self._received = b""
        self._asked = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the first time."""
        # uvloop's transports are no subclass of asyncio's, whatever they can do.
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        if self.done.done():
            return
        self._received = b""
        self._asked = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Takes the answer, which names its length."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._received[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._received) < end + 4 + length:
            return
        self._answered(int(head[9:12]), self._received[end + 4 :])

    def _answered(self, status: int, body: bytes) -> None:
        self._result.latencies.append(time.perf_counter() - self._asked)
        if status != 200:
            self._result.failures.append(f"{status} {body[:200]!r}")
        if self._on_answer is not None:
            self._on_answer(status, body)
        if self._stop():
            self._finish()
        elif self._pause:
            asyncio.get_running_loop().call_later(self._pause, self._ask)
        else:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """Counts a connection that ends before its caller's time as a failure."""
        if not self.done.done():
            self._result.failures.append(f"connection lost: {exc}")
            self._finish()

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        self._transport.close()


def for_seconds(seconds: float) -> Callable[[], bool]:
    """Says stop once `seconds` have passed from now."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= end
