"""Write coalescing: a transport that sends the head and the body of a response as one write.

uvicorn writes one after the other, and each write is a system call that wakes the caller.
"""

from asyncio import AbstractEventLoop, BaseProtocol, Transport
from typing import Any

MOST_BYTES = 64 * 1024
"""The most that is held; more is sent at once, so that a long response is under flow control."""


class CoalescingTransport(Transport):
    """Wraps `transport`, and changes only how it writes."""

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._held: list[bytes | bytearray | memoryview] = []
        self._size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Holds the data until the next `flush`, or the next turn of the event loop."""
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)
        self._size += len(data)
        if self._size > MOST_BYTES:
            self.flush()

    def close(self) -> None:
        """Closes the connection after what was written is sent."""
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """Closes the connection at once, and drops what was written."""
        self._held.clear()
        self._transport.abort()

    def write_eof(self) -> None:
        """Sends what was written, and that it was the last."""
        self.flush()
        if not self._transport.is_closing():
            self._transport.write_eof()

    def is_closing(self) -> bool:
        """Tells whether the connection is ending."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Answers what the transport knows of the connection."""
        return self._transport.get_extra_info(name, default)

    def set_protocol(self, protocol: BaseProtocol) -> None:
        """Sets the protocol that the transport serves from now on."""
        self._transport.set_protocol(protocol)

    def pause_reading(self) -> None:
        """Stops receiving until `resume_reading`."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Receives data again."""
        self._transport.resume_reading()

    def flush(self) -> None:
        """Sends what was written."""
        held, self._held, self._size = self._held, [], 0
        if held and not self._transport.is_closing():
            self._transport.write(b"".join(held))
