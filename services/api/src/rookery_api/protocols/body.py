"""The request body: read whole, within its limits, or refused before it is."""

from collections.abc import Sequence

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from rookery_api.base import problems
from rookery_api.protocols.content_coding import coding_of, inflated


class BodyReader:
    """Reads bodies of at most `max_body` bytes, and `max_total` bytes of all requests at once.

    How long a body may take to arrive is the connection's matter (`server/connection.py`).
    """

    def __init__(self, max_body: int, max_total: int) -> None:
        self._max_body = max_body
        self._free = max_total

    async def read(self, scope: Scope, receive: Receive) -> bytes:
        """Reads the whole body, without its content coding; the log says how long it was as sent.

        Raises:
            Problem: 400 (a length that is no length, a body that is not of its coding), 413, 415
                (an unknown content coding), 503.
            ClientDisconnect: the caller left before the body was complete.
        """
        coding = coding_of(scope["headers"])
        for name, value in scope["headers"]:
            if name == b"content-length" and declared_length(value) > self._max_body:
                raise problems.too_large(self._max_body)
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        if not message.get("more_body", False):
            body: bytes = message.get("body", b"")
            if len(body) > self._max_body:
                raise problems.too_large(self._max_body)
        else:
            body = await self._read_on(message.get("body", b""), receive)
        scope["state"]["body_bytes"] = len(body)
        if coding is None:
            return body
        if self._free < self._max_body:
            raise problems.busy("Too many large requests are under way; try again.")
        return inflated(coding, body, self._max_body)

    async def _read_on(self, first: bytes, receive: Receive) -> bytes:
        chunks = [first]
        size = held = 0
        try:
            while True:
                size += len(chunks[-1])
                if size > self._max_body:
                    raise problems.too_large(self._max_body)
                if size - held > self._free:
                    raise problems.busy("Too many large requests are under way; try again.")
                self._free -= size - held
                held = size
                message = await receive()
                if message["type"] != "http.request":
                    raise ClientDisconnect
                chunks.append(message.get("body", b""))
                if not message.get("more_body", False):
                    if size + len(chunks[-1]) > self._max_body:
                        raise problems.too_large(self._max_body)
                    return b"".join(chunks)
        finally:
            self._free += held


def declared_length(value: bytes) -> int:
    """Reads the number in a Content-Length header; a 400 problem where it is none."""
    if not value.isdigit() or len(value) > 18:
        raise problems.malformed("Content-Length is not a number of bytes.")
    return int(value)


def check_batch(rows: Sequence[object], max_batch: int) -> None:
    """Returns where `rows` are at most `max_batch`; a 413 problem otherwise."""
    if len(rows) > max_batch:
        raise problems.too_many_rows(max_batch)
