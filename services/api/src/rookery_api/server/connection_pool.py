"""What the connections of one server share: the order in which they became idle, and room."""

from asyncio import AbstractEventLoop, TimerHandle
from collections import OrderedDict
from typing import Protocol

SILENT_SECONDS = 1.0
"""How long a new connection may say nothing before it makes room for another."""
TRIES = 16
"""How many idle connections are tried to find one that no request has just reached."""


class Idle(Protocol):
    """A connection between requests."""

    def vacate(self) -> bool:
        """Ends the connection, unless something has just reached it; answers whether it has."""

    def expire(self) -> None:
        """Ends the connection, which has been idle for too long."""


class ConnectionPool:
    """Knows which connection has been idle longest; every operation takes constant time.

    A connection that is idle for `keep_alive_seconds` ends. Where there are too many connections,
    an idle one makes room for a new one. A single timer serves all.
    """

    def __init__(self, keep_alive_seconds: float, max_waiting: int) -> None:
        self._keep_alive_seconds = keep_alive_seconds
        self._idle: OrderedDict[Idle, float] = OrderedDict()
        """Between requests, with the time since when; the one that has been idle longest first."""
        self._silent: OrderedDict[Idle, float] = OrderedDict()
        """Have sent nothing yet; with the time of their arrival, the first one first."""
        self._timer: TimerHandle | None = None
        self._waiting: dict[Idle, int] = {}
        self._free = max_waiting

    def arrive(self, connection: Idle, now: float) -> None:
        """Notes a new connection; `now` in seconds of any clock."""
        self._silent[connection] = now

    def rest(self, connection: Idle, loop: AbstractEventLoop) -> None:
        """Notes that the connection is idle from now on."""
        self._idle[connection] = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self._keep_alive_seconds, self._expire, loop)

    def _expire(self, loop: AbstractEventLoop) -> None:
        self._timer = None
        while self._idle:
            connection, since = next(iter(self._idle.items()))
            left = since + self._keep_alive_seconds - loop.time()
            if left > 0:
                self._timer = loop.call_later(left, self._expire, loop)
                return
            del self._idle[connection]
            connection.expire()

    def wake(self, connection: Idle) -> None:
        """Notes that the connection is not idle, if it was."""
        self._idle.pop(connection, None)
        if self._silent:
            self._silent.pop(connection, None)

    def make_room(self, now: float) -> bool:
        """Ends a silent connection, or else the one that has been idle longest; answers whether.

        One that has just been reached by a request is passed over, and no longer idle.
        """
        for _ in range(TRIES):
            if self._silent and now - next(iter(self._silent.values())) > SILENT_SECONDS:
                connection, _ = self._silent.popitem(last=False)
            elif self._idle:
                connection, _ = self._idle.popitem(last=False)
            else:
                return False
            if connection.vacate():
                return True
        return False

    def may_wait(self, connection: Idle, count: int) -> bool:
        """Takes room for `count` bytes behind the request under way; answers whether there was."""
        self.release(connection)
        if count > self._free:
            return False
        self._waiting[connection] = count
        self._free -= count
        return True

    def release(self, connection: Idle) -> None:
        """Frees the room of the connection: nothing of it waits any more."""
        self._free += self._waiting.pop(connection, 0)
