"""The management port: `/metrics` for Prometheus and `/healthz` for people, without a key.

No Service and no Ingress leads to this port: it is for the people who run the API. It also answers
while the serving port is full or closed.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from rookery_api.base.exposition_format import preferred_format
from rookery_api.base.metrics import Metrics
from rookery_api.base.problems import Problem, unknown_method, unknown_path
from rookery_api.base.responses import encode
from rookery_api.registry.served_models import ServedModels
from rookery_api.server.response_sender import ResponseSender

METHODS = ("GET", "HEAD")


class Management:
    """The ASGI application of the management port."""

    def __init__(self, models: ServedModels, metrics: Metrics) -> None:
        self._models = models
        self._metrics = metrics
        self._numbers = itertools.count(1)
        self._answers: Mapping[str, Callable[[Scope], Awaitable[Response]]] = {
            "/healthz": self._health,
            "/metrics": self._exposition,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request."""
        sender = ResponseSender(send, f"management-{next(self._numbers)}", self._models)
        try:
            answer = await self._answer(scope)
        except Problem as problem:
            await sender.refuse(scope, receive, problem)
        else:
            await answer(scope, receive, sender.send)

    async def _answer(self, scope: Scope) -> Response:
        found = self._answers.get(scope["path"])
        if found is None:
            raise unknown_path("/metrics and /healthz are on this port")
        if scope["method"] not in METHODS:
            raise unknown_method(", ".join(METHODS))
        return await found(scope)

    async def _health(self, _: Scope) -> Response:
        models = self._models
        document = {
            "status": "draining" if models.draining else "ok",
            "ready": models.ready,
            "models": {name: models.find(name).state for name in sorted(models)},
        }
        return Response(encode(document), media_type="application/json")

    async def _exposition(self, scope: Scope) -> Response:
        accepted = (
            value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"
        )
        chosen = preferred_format(",".join(accepted))
        # A model has as many series as classes: a thread's many short steps leave the loop free.
        series = await asyncio.to_thread(self._metrics.exposition, chosen)
        headers = {"Content-Type": chosen.content_type, "Vary": "Accept"}
        return Response(series, headers=headers)
