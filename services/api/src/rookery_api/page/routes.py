"""Routes of the page: the files of this folder, read once and revalidated by their digest."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rookery_api.base.compression import Compressed
from rookery_api.base.entity_tag import is_known, strong_tag

TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
"""The media type of each file ending that is served; other files of the folder are not."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        # The page writes text nodes alone: a string that becomes markup or script is an error.
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)

# The edge of the API adds the headers that every answer has.
HEADERS = {
    # Always asked for again, by ETag: two replicas of different releases may answer one visitor.
    "Cache-Control": "no-cache",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
}


class PageFile:
    """One file of the page with the headers it is served with."""

    def __init__(self, content: bytes, media_type: str) -> None:
        self._content = Compressed.of(content)
        self._type = media_type

    async def answer(self, request: Request) -> Response:
        """Answers the file, or 304 to a caller who has this content already."""
        (content,), coding = self._content.asked(request)
        # A strong tag: each form has its own (RFC 9110, 8.8.3.3).
        headers = {**HEADERS, **coding, "Content-Type": self._type, "ETag": strong_tag(content)}
        if is_known(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers)


def page_routes() -> list[Route]:
    """Lists `/` and `/page/{file}`, for every file of this folder that has a media type."""
    routes = []
    for entry in files(__package__).iterdir():
        media_type = TYPES.get(entry.name.rpartition(".")[2])
        if media_type is not None:
            path = "/" if entry.name == "index.html" else f"/page/{entry.name}"
            file = PageFile(entry.read_bytes(), media_type)
            routes.append(Route(path, file.answer, methods=["GET"], include_in_schema=False))
    return routes
