"""`/docs`: the OpenAPI document for people, in Swagger UI, with nothing fetched from elsewhere."""

import asyncio
from functools import partial
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rookery API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<main id="swagger-ui"></main>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
# Relative addresses: the API may stand below a prefix of an Ingress.
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
});
"""
# Swagger UI writes style attributes; scripts come from here alone.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_SCRIPT, _STYLE, _HTML = "text/javascript", "text/css", "text/html"


def docs_routes() -> list[Route]:
    """The page and its files; Swagger UI's own are read when somebody asks for them."""
    return [
        Route("/docs", partial(_text, _PAGE, _HTML)),
        Route("/docs/start.js", partial(_text, _START, _SCRIPT)),
        Route("/docs/swagger-ui-bundle.js", partial(_file, "swagger-ui-bundle.js", _SCRIPT)),
        Route("/docs/swagger-ui.css", partial(_file, "swagger-ui.css", _STYLE)),
    ]


async def _text(text: str, media_type: str, _: Request) -> Response:
    return Response(text, media_type=media_type, headers={"Content-Security-Policy": _POLICY})


async def _file(name: str, media_type: str, _: Request) -> Response:
    content = await asyncio.to_thread(_packaged, name)
    return Response(content, media_type=media_type, headers={"Cache-Control": "max-age=86400"})


def _packaged(name: str) -> bytes:
    """A file of Swagger UI's distribution, which the package `fastapi_offline` carries."""
    return files("fastapi_offline").joinpath("static", name).read_bytes()
