"""The application: puts together the routes and what they share."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from rookery_api.access.access import Access
from rookery_api.access.hosts import HostList
from rookery_api.access.keys import read_keys
from rookery_api.access.origins import OriginList
from rookery_api.base.metrics import Metrics
from rookery_api.base.problems import Problem, title, unknown_method, unknown_path
from rookery_api.base.settings import ApiSettings
from rookery_api.base.turns import Turns
from rookery_api.docs.openapi import Document
from rookery_api.protocols.body import BodyReader
from rookery_api.protocols.prediction_context import PredictionContext
from rookery_api.registry.cache import Cache
from rookery_api.registry.load import ChampionLoader
from rookery_api.registry.poll import Poll
from rookery_api.registry.served_models import ServedModels
from rookery_api.registry.spec_folder import SpecFolder
from rookery_api.registry.tracking_client import TrackingClient
from rookery_api.routes import other_routes, prediction_routes
from rookery_api.server.access_log import AccessLog
from rookery_api.server.management import Management
from rookery_api.server.middleware import FAILED, Middleware
from rookery_api.server.trace_context import SpanRecorder
from rookery_core.settings import CatalogSettings, TrackingSettings


@dataclass(frozen=True)
class App:
    """The ASGI applications of both ports, and what their servers need to know."""

    serving: Middleware
    management: Management
    models: ServedModels
    metrics: Metrics


def create_app(
    settings: ApiSettings,
    tracking: TrackingSettings,
    catalog: CatalogSettings,
    spans: SpanRecorder | None = None,
) -> App:
    """Makes an application that serves the champions of the catalog's models once it is started.

    With `spans`, it records one for each request but the probes.

    Raises:
        Refused: for keys that `read_keys` refuses.
    """
    access = Access(read_keys(settings), open_pages=settings.open_pages)
    api_version = version("rookery-api")
    metrics = Metrics(api_version)
    specs = SpecFolder(catalog.directory, settings.without_models)
    models = ServedModels(
        specs.at_start(), settings.default_model, round(settings.poll_seconds) or 1
    )
    app = FastAPI(
        title="Rookery",
        version=api_version,
        lifespan=_lifespan(settings, tracking, specs, models, metrics),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    context = PredictionContext(
        models=models,
        reader=BodyReader(settings.max_body_bytes, settings.max_buffered_bytes),
        metrics=metrics,
        turns=Turns(),
        max_batch=settings.max_batch,
    )
    document = Document(models, context.turns, app.version, settings.max_batch, access)
    predictions = prediction_routes(context, app.version)
    app.router.routes.extend([*predictions, *other_routes(context, document, app.version)])
    for kind in (Problem, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, answer)
    serving = Middleware(
        app,
        routes=app.router.routes,
        predictions=predictions,
        models=models,
        hosts=HostList(settings.allowed_hosts),
        origins=OriginList(settings.allowed_origins),
        access=access,
        max_in_flight=settings.max_in_flight,
        metrics=metrics,
        access_log=AccessLog(sys.stderr if settings.access_log else None),
        spans=spans,
    )
    return App(serving, Management(models, metrics), models, metrics)


def _lifespan(
    settings: ApiSettings,
    tracking_settings: TrackingSettings,
    specs: SpecFolder,
    models: ServedModels,
    metrics: Metrics,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tracking = TrackingClient(tracking_settings, settings.registry_timeout_seconds)
        cache = Cache(settings.cache_directory, settings.cache_bytes, settings.max_model_bytes)
        loader = ChampionLoader(
            settings=settings, models=models, tracking=tracking, cache=cache, metrics=metrics
        )
        poll = Poll(
            settings=settings,
            specs=specs,
            models=models,
            tracking=tracking,
            loader=loader,
            metrics=metrics,
        )
        await loader.restore()
        polling = asyncio.create_task(poll.run())
        try:
            yield
        finally:
            polling.cancel()
            with suppress(asyncio.CancelledError):
                await polling
            await loader.aclose()
            await tracking.aclose()

    return lifespan


async def answer(request: Request, error: Exception) -> Response:
    """Answers the problem with which a route of FastAPI, or FastAPI itself, refuses the request."""
    problem = _problem(error)
    return problem.response(request.scope["path"], request.state.request_id)


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return _of_a_route(error)
    if isinstance(error, RequestValidationError):
        detail = "The request does not fit its description; see /docs."
        return Problem(422, "invalid_input", detail)
    return FAILED  # raised again too, to the middleware, which logs the traceback


def _of_a_route(error: HTTPException) -> Problem:
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.NOT_FOUND:
        return unknown_path()
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and "Allow" in headers:
        return unknown_method(headers["Allow"])
    return Problem(error.status_code, "refused", f"{title(error.status_code)}.", headers=headers)
