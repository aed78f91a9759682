"""Responses: documents as JSON, sent part by part where they are long."""

import json
from collections.abc import Mapping, Sequence

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PART_BYTES = 64 * 1024
"""Up to here an answer is sent as one."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class PartedResponse(Response):
    """An answer whose length is known, sent part by part: a caller who reads slowly stops it."""

    def __init__(
        self, parts: Sequence[bytes], media_type: str, headers: Mapping[str, str] | None = None
    ) -> None:
        length = sum(map(len, parts))
        headers = {"Content-Length": str(length), **(headers or {})}
        super().__init__(None, headers=headers, media_type=media_type)
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
    return _ENCODER.encode(document).encode()
