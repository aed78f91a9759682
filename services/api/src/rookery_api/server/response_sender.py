"""Sends the response to one request, with the headers that every response has."""

from collections.abc import Sequence

from starlette.types import Message, Receive, Scope, Send

from rookery_api.base.problems import Problem
from rookery_api.registry.served_models import ServedModels

SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_NO_CONTENT_SOURCE = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_NO_STORE = (b"cache-control", b"no-store")
CONSTANT_HEADERS = (*SECURITY_HEADERS, _NO_CONTENT_SOURCE, _NO_STORE)
"""What most responses have."""
CLOSE = (b"connection", b"close")


class ResponseSender:
    """The response to one request on its way out."""

    def __init__(
        self,
        send: Send,
        request_id: str,
        models: ServedModels,
        more: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        self._send = send
        self._request_id = request_id
        self._models = models
        self._more = more
        self.status = 0
        """Of the answer that has begun; 0 before."""

    async def send(self, message: Message) -> None:
        """Passes the message on, the head with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message["headers"] = list(message.get("headers", ()))
            names = {name for name, _ in headers}
            headers.append((b"x-request-id", self._request_id.encode()))
            headers += SECURITY_HEADERS
            headers += self._more
            if b"content-security-policy" not in names:
                headers.append(_NO_CONTENT_SOURCE)
            if b"cache-control" not in names:
                headers.append(_NO_STORE)
            if self._models.draining:
                headers.append(CLOSE)
        await self._send(message)

    async def refuse(self, scope: Scope, receive: Receive, problem: Problem) -> None:
        """Answers with the problem, unless an answer has begun: then only its end can tell."""
        if not self.status:
            answer = problem.response(scope["path"], self._request_id)
            await answer(scope, receive, self.send)
