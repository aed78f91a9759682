"""Responses: documents as JSON, sent part by part where they are long."""

from collections.abc import Mapping, Sequence

from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PART_BYTES = 64 * 1024
"""Up to here an answer is sent as one."""


class PartedResponse(Response):
    """An answer whose length is known, sent part by part: a caller who reads slowly stops it."""

    def __init__(
        self, parts: Sequence[bytes], media_type: str, headers: Mapping[str, str] | None = None
    ) -> None:
        # Without Starlette's __init__, which takes microseconds to work these out.
        length = sum(map(len, parts))
        self.status_code = 200
        self.background = None
        self.raw_headers = [
            (b"content-length", b"%d" % length),
            (b"content-type", media_type.encode("latin-1")),
            *(
                (name.lower().encode(), text.encode("latin-1"))
                for name, text in (headers or {}).items()
            ),
        ]
        self._parts = [b"".join(parts)] if length <= PART_BYTES else [*filter(None, parts)]

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Sends the answer."""
        head = {"type": "http.response.start", "status": self.status_code}
        await send({**head, "headers": self.raw_headers})
        for part in self._parts[:-1]:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": self._parts[-1]})


def encode(document: object) -> bytes:
    """Writes the document as JSON (RFC 8259)."""
    return to_json(document)
