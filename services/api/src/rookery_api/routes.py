"""Every route of the serving port, in the order in which they are tried.

Predictions do not pass FastAPI's layers. All of the routes below are registered with FastAPI, but
the middleware (`server/middleware.py`) tries those of `prediction_routes` itself, and calls their
functions: FastAPI's layers would cost a tenth of a prediction (decision 0403). What these layers do
for the other routes, the middleware does for all: it turns a problem into a response.

`access/access.py` says which scope each route needs; `/metrics` and `/healthz` are on the other
port (`server/management.py`).
"""

from functools import partial

from starlette.routing import Route

from rookery_api.docs import swagger_ui
from rookery_api.docs.openapi import Document
from rookery_api.page.routes import page_routes
from rookery_api.protocols.health import livez, readyz, version
from rookery_api.protocols.invocations import invoke
from rookery_api.protocols.models import ModelCards
from rookery_api.protocols.predict import predict
from rookery_api.protocols.prediction_context import PredictionContext
from rookery_api.protocols.v2 import metadata as v2
from rookery_api.protocols.v2.infer import infer

POST = ("POST",)
V2_MODEL = "/v2/models/{model}"
V2_VERSION = V2_MODEL + "/versions/{version}"


def prediction_routes(context: PredictionContext, api_version: str) -> list[Route]:
    """Lists the routes that the middleware calls itself."""
    models = context.models
    return [
        Route("/predict/{model}", partial(predict, context), methods=POST),
        Route("/v2", partial(v2.server_metadata, api_version)),
        Route("/v2/health/live", v2.live),
        Route("/v2/health/ready", partial(v2.ready, models)),
        Route(V2_MODEL, partial(v2.metadata, models)),
        Route(V2_VERSION, partial(v2.metadata, models)),
        Route(V2_MODEL + "/ready", partial(v2.model_ready, models)),
        Route(V2_VERSION + "/ready", partial(v2.model_ready, models)),
        Route(V2_MODEL + "/infer", partial(infer, context), methods=POST),
        Route(V2_VERSION + "/infer", partial(infer, context), methods=POST),
        Route("/invocations", partial(invoke, context), methods=POST),
        Route("/invocations/{model}", partial(invoke, context), methods=POST),
    ]


def other_routes(context: PredictionContext, document: Document, api_version: str) -> list[Route]:
    """Lists the routes that FastAPI finds and calls."""
    cards = ModelCards(context.models, context.turns)
    return [
        Route("/livez", livez),
        Route("/readyz", partial(readyz, context.models)),
        Route("/ping", partial(readyz, context.models)),
        Route("/health", partial(readyz, context.models)),
        Route("/version", partial(version, api_version)),
        Route("/models", cards.list_all),
        Route("/models/{model}", cards.show_one),
        Route("/openapi.json", document.answer),
        Route("/docs", swagger_ui.page),
        Route("/docs/start.js", swagger_ui.start_script),
        Route("/docs/swagger-ui-bundle.js", swagger_ui.bundle_script),
        Route("/docs/swagger-ui.css", swagger_ui.style_sheet),
        *page_routes(),  # `/`, and `/page/{file}` for each file of the folder `page`
    ]
