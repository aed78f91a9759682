"""The edge: what happens to every request before and after its route.

Plain ASGI (https://asgi.readthedocs.io/en/latest/specs/www.html): a request passes here in a few
microseconds.
"""

import itertools
import re
import secrets
import time
from collections.abc import Sequence

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rookery_api import problems
from rookery_api.access import OPEN_PATHS, ApiKey, HostList
from rookery_api.access_log import AccessLog
from rookery_api.metrics import Metrics
from rookery_api.problems import Problem
from rookery_api.roster import Roster

log = structlog.get_logger()

SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_NO_CONTENT_SOURCE = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_NO_STORE = (b"cache-control", b"no-store")
_CLOSE = (b"connection", b"close")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
ROUTES = OPEN_PATHS | {"/predict", "/invocations", "/v2", "/models", "/docs", "/openapi.json", "/"}
"""First segments of paths that the metrics tell apart."""


class Edge:
    """Request id, Host, key, concurrency; security headers, problems, metrics and log lines.

    It stands before the framework, so that the busiest routes pass none of its layers.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        busiest: Sequence[Route],
        roster: Roster,
        hosts: HostList,
        key: ApiKey,
        max_in_flight: int,
        metrics: Metrics,
        access_log: AccessLog,
    ) -> None:
        self._app = app
        self._busiest = tuple(busiest)
        self._roster = roster
        self._hosts = hosts
        self._key = key
        self._free = self._most = max_in_flight
        self._metrics = metrics
        self._access_log = access_log
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count(1)
        metrics.in_flight.set_function(lambda: self._most - self._free)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request; nothing that goes wrong in it leaves here as an exception."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        request_id = scope["state"]["request_id"] = self._request_id(scope)
        exchange = Exchange(send, request_id, self._roster)
        self._free -= 1
        try:
            self._admit(scope)
            await self._route(scope, receive, exchange.send)
        except Problem as problem:
            await exchange.refuse(scope, receive, problem)
        except ClientDisconnect:
            exchange.status = 499
        # Whatever it is, the caller gets an answer and the log the traceback.
        except Exception:
            log.exception("request failed", request_id=request_id, path=scope["path"][:200])
            await exchange.refuse(scope, receive, FAILED)
        finally:
            self._free += 1
            self._observe(scope, exchange.status, time.perf_counter() - begun, request_id)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        for route in self._busiest:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                response = await route.endpoint(Request(scope, receive))
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _request_id(self, scope: Scope) -> str:
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
                sent: str = value.decode()
                return sent
        return f"{self._prefix}-{next(self._numbers)}"

    def _admit(self, scope: Scope) -> None:
        path = scope["path"]
        if path in OPEN_PATHS:
            return
        self._hosts.check(scope["headers"])
        self._key.check(path, scope["headers"])
        if self._free < 0:
            raise problems.busy("Too many requests are under way; try again.")

    def _observe(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        path = scope["path"]
        route = path[: path.find("/", 1)] if "/" in path[1:] else path
        self._metrics.observe(route if route in ROUTES else "other", status, seconds)
        if path not in OPEN_PATHS:
            self._access_log.write(scope["method"], path, status, seconds, request_id)


FAILED = Problem(500, "internal", "The API failed; its log says why under the request id.")


class Exchange:
    """The answer to one request on its way out."""

    def __init__(self, send: Send, request_id: str, roster: Roster) -> None:
        self._send = send
        self._request_id = request_id
        self._roster = roster
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
            if b"content-security-policy" not in names:
                headers.append(_NO_CONTENT_SOURCE)
            if b"cache-control" not in names:
                headers.append(_NO_STORE)
            if self._roster.draining:
                headers.append(_CLOSE)
        await self._send(message)

    async def refuse(self, scope: Scope, receive: Receive, problem: Problem) -> None:
        """Answers with the problem, unless an answer has begun: then only its end can tell."""
        if not self.status:
            answer = problem.response(scope["path"], self._request_id)
            await answer(scope, receive, self.send)
