"""Requests to the API's application without a server, each path as it arrives."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.types import Message

from rookery_api.app import App


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(
    app: App,
    method: str,
    path: str,
    key: str | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    repeated: Sequence[tuple[str, str]] = (),
) -> Answer:
    """The answer to a request of that path, as a server would hand it on.

    `repeated` are headers that come after the others, and may have the same names.
    """
    shown = {"host": "localhost", **({"x-api-key": key} if key else {}), **(headers or {})}
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in (*shown.items(), *repeated)],
        "state": {},
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app.serving(scope, receive, send))
    start = sent[0]
    head = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], head, b"".join(each.get("body", b"") for each in sent[1:]))
