"""The middleware: what happens to every request before and after its route.

It is plain ASGI (https://asgi.readthedocs.io/en/latest/specs/www.html), and takes a few
microseconds of each request.
"""

import itertools
import re
import secrets
import time
from collections.abc import Mapping, Sequence

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from rookery_api.access.access import PROBES, Access, KeyedRequest, template_of
from rookery_api.access.hosts import HostList
from rookery_api.access.origins import PREFLIGHT, OriginList
from rookery_api.base import problems
from rookery_api.base.metrics import Metrics
from rookery_api.base.problems import Problem
from rookery_api.registry.served_models import ServedModels
from rookery_api.server.access_log import AccessLog
from rookery_api.server.response_sender import ResponseSender
from rookery_api.server.trace_context import SpanRecorder, read_traceparent

log = structlog.get_logger()

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
ROUTES = PROBES | {"/predict", "/invocations", "/v2", "/models", "/docs", "/openapi.json", "/"}
"""First segments of paths that the metrics tell apart."""


class Middleware:
    """Checks host name, key and concurrency; adds headers, problems, metrics and log lines.

    It stands before the framework, so that predictions pass none of its layers (`routes.py`).
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        routes: Sequence[BaseRoute],
        predictions: Sequence[Route],
        models: ServedModels,
        hosts: HostList,
        origins: OriginList,
        access: Access,
        max_in_flight: int,
        metrics: Metrics,
        access_log: AccessLog,
        spans: SpanRecorder | None,
    ) -> None:
        self._app = app
        self.routes = routes
        """Every route, in the order in which the framework chooses."""
        self._predictions = tuple(predictions)
        self._models = models
        self._hosts = hosts
        self._origins = origins
        self._access = access
        self._free = self._most = max_in_flight
        self._metrics = metrics
        self._access_log = access_log
        self._spans = spans
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count(1)
        metrics.in_flight.set_function(lambda: self._most - self._free)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request; nothing that goes wrong in it leaves here as an exception."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        request_id = self._identify(scope)
        origin = self._origins.headers(scope["headers"])
        sender = ResponseSender(send, request_id, self._models, origin)
        keyed: KeyedRequest | None = None
        route: Route | None = None
        self._free -= 1
        try:
            route = self._prediction_route(scope)
            if scope["path"] not in PROBES:
                self._hosts.check(scope["headers"])
                if not self._origins.is_preflight(scope):
                    keyed = self._authenticate(scope, route)
                self._admit(keyed)
            await self._answer(route, scope, receive, sender.send)
        except Problem as problem:
            await sender.refuse(scope, receive, problem)
        except ClientDisconnect:
            sender.status = 499
        # Whatever it is, the caller gets an answer and the log the traceback.
        except Exception:
            trace = scope["state"].get("trace")
            told = {} if trace is None else trace._asdict()
            log.exception("request failed", request_id=request_id, path=scope["path"][:200], **told)
            await sender.refuse(scope, receive, FAILED)
        finally:
            self._free += 1
            seconds = time.perf_counter() - begun
            if route is not None and scope["method"] == "POST":
                self._count_for_model(scope["path_params"], sender.status)
            if self._spans is not None and scope["path"] not in PROBES:
                template = self._template(scope) if route is None else route.path
                recorded = self._spans.record(scope, template, sender.status, seconds)
                scope["state"]["trace"] = recorded
            self._observe(scope, sender.status, seconds, request_id, keyed)

    def _prediction_route(self, scope: Scope) -> Route | None:
        """Finds the one that answers, and fills in its path parameters."""
        for route in self._predictions:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                return route
        return None

    def _template(self, scope: Scope) -> str | None:
        """Finds the template of the route that the framework will choose, or refuse the method of;
        None where it will find none."""
        partial = None
        for route in self.routes:
            match, _ = route.matches(scope)
            if match is Match.FULL:
                return template_of(route)
            if match is Match.PARTIAL and partial is None:
                partial = template_of(route)
        return partial

    async def _answer(
        self, route: Route | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if self._origins.is_preflight(scope):
            await Response(status_code=204, headers=PREFLIGHT)(scope, receive, send)
            return
        if route is None:
            await self._app(scope, receive, send)
            return
        response = await route.endpoint(Request(scope, receive))
        await response(scope, receive, send)

    def _identify(self, scope: Scope) -> str:
        """Notes the request's id, which is answered, and the trace that it belongs to, if any."""
        state, request_id, trace_headers = scope["state"], None, 0
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                if request_id is None and _REQUEST_ID.fullmatch(value):
                    request_id = value.decode()
            elif name == b"traceparent":
                trace_headers += 1
                # Of two, neither is to be trusted.
                state["trace"] = read_traceparent(value) if trace_headers == 1 else None
        found: str = request_id or f"{self._prefix}-{next(self._numbers)}"
        state["request_id"] = found
        return found

    def _authenticate(self, scope: Scope, route: Route | None) -> KeyedRequest | None:
        """Finds who asks, where keys are demanded."""
        if not self._access.demands_keys:
            return None
        template = self._template(scope) if route is None else route.path
        return self._access.authenticate(template, scope["headers"])

    def _admit(self, keyed: KeyedRequest | None) -> None:
        if keyed is not None:
            keyed.authorize()
        if self._free < 0:
            raise problems.busy("Too many requests are under way; try again.")

    def _count_for_model(self, parameters: Mapping[str, str], status: int) -> None:
        """Counts a request for predictions; names that the catalog lacks would be without end."""
        model = parameters.get("model", self._models.default_model)
        if model in self._models:
            self._metrics.answered_for(model, status)

    def _observe(
        self, scope: Scope, status: int, seconds: float, request_id: str, keyed: KeyedRequest | None
    ) -> None:
        path, key = scope["path"], None
        route = path[: path.find("/", 1)] if "/" in path[1:] else path
        self._metrics.observe(route if route in ROUTES else "other", status, seconds)
        if keyed is not None:
            keyed.end()
            key = keyed.key
            self._metrics.asked(key, status)
        if path not in PROBES:
            state = scope["state"]
            self._access_log.write(
                scope["method"],
                path,
                status,
                seconds,
                request_id,
                key=key,
                trace=state.get("trace"),
                model_version=state.get("model_version"),
                body_bytes=state.get("body_bytes"),
            )


FAILED = Problem(500, "internal", "The API failed; its log says why under the request id.")
