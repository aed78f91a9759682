"""Origins: the pages of other servers that may call the API from a browser.

Cross-origin resource sharing is of the Fetch standard
(https://fetch.spec.whatwg.org/#http-cors-protocol). Callers show keys in headers and never in
cookies, so no answer allows credentials.
"""

from collections.abc import Sequence

from starlette.types import Scope

from rookery_api.access.hosts import Headers

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Encoding, Content-Type, If-None-Match,"
    " Inference-Header-Content-Length, traceparent, X-API-Key, X-Request-ID",
    "Access-Control-Max-Age": "600",
}
"""What the API says to a browser that asks before it sends a request."""
_EXPOSED = (
    b"access-control-expose-headers",
    b"ETag, Inference-Header-Content-Length, Retry-After, X-Request-ID, X-Rookery-Model-Version",
)
_VARY = (b"vary", b"Origin")


class OriginList:
    """The origins whose pages may read answers; none of them may unless it is listed."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self._any = "*" in allowed
        self._names = frozenset(origin.encode() for origin in allowed)

    def headers(self, headers: Headers) -> list[tuple[bytes, bytes]]:
        """Answers what the response says of the request's origin."""
        if not self._names:
            return []
        origin = self._allowed(headers)
        if origin is None:
            return [_VARY]
        return [(b"access-control-allow-origin", origin), _EXPOSED, _VARY]

    @property
    def connection_headers(self) -> list[tuple[bytes, bytes]]:
        """What a problem says that is answered before the request's origin is known.

        Any page may read it: it holds nothing of the request, and nobody is refused without it.
        """
        return [(b"access-control-allow-origin", b"*"), _EXPOSED] if self._names else []

    def is_preflight(self, scope: Scope) -> bool:
        """Tells whether a browser asks, before a request of an allowed page, if it may send it.

        It asks without a key, and learns nothing of the path.
        """
        return (
            scope["method"] == "OPTIONS"
            and bool(self._names)
            and self._allowed(scope["headers"]) is not None
            and any(name == b"access-control-request-method" for name, _ in scope["headers"])
        )

    def _allowed(self, headers: Headers) -> bytes | None:
        """Finds the request's one origin, where it is allowed."""
        origins = [value for name, value in headers if name == b"origin"]
        if len(origins) != 1 or not (self._any or origins[0] in self._names):
            return None
        return origins[0]
