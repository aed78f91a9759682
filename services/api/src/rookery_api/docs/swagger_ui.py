"""`/docs`: the OpenAPI document for people, in Swagger UI, with nothing fetched from elsewhere."""

import asyncio
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from rookery_api.base.compression import Compressed
from rookery_api.base.responses import PartedResponse

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
_SCRIPT, _STYLE = "text/javascript; charset=utf-8", "text/css; charset=utf-8"
_HTML = "text/html"


async def page(_: Request) -> Response:
    """Answers `/docs`."""
    return _text(_PAGE, _HTML)


async def start_script(_: Request) -> Response:
    """Answers what starts Swagger UI on the page."""
    return _text(_START, _SCRIPT)


async def bundle_script(request: Request) -> Response:
    """Answers Swagger UI itself."""
    return await _file(request, "swagger-ui-bundle.js", _SCRIPT)


async def style_sheet(request: Request) -> Response:
    """Answers Swagger UI's styles."""
    return await _file(request, "swagger-ui.css", _STYLE)


def _text(text: str, media_type: str) -> Response:
    return Response(text, media_type=media_type, headers={"Content-Security-Policy": _POLICY})


async def _file(request: Request, name: str, media_type: str) -> Response:
    file = await asyncio.to_thread(_packaged, name)
    content, headers = file.asked(request)
    return PartedResponse(content, media_type, {"Cache-Control": "max-age=86400", **headers})


@cache
def _packaged(name: str) -> Compressed:
    """Reads a file of Swagger UI, which the package `fastapi_offline` carries."""
    return Compressed.of(files("fastapi_offline").joinpath("static", name).read_bytes())
