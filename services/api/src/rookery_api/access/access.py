"""Who may ask: the keys, and what each route needs.

Where keys are demanded, every route needs one except those listed here. A path without a route
needs one too: without a key, nobody learns which routes exist.
"""

import hmac
from collections.abc import Mapping, Sequence

from starlette.routing import BaseRoute

from rookery_api.access.hosts import Headers
from rookery_api.access.keys import Key, Scope, digest
from rookery_api.base.problems import Problem

PROBES = frozenset({"/livez", "/readyz"})
"""Paths that answer under any host name: kubelet comes with the pod's address."""
OPEN = PROBES | {"/v2/health/live", "/v2/health/ready", "/ping", "/health"}
"""Routes that ask nobody for a key; what they say is whether the process serves."""
PAGES = frozenset({"", "page", "docs", "openapi.json"})
"""First segments of the routes of the page and of the documents, which may be opened."""
SCOPES: Mapping[str, Scope] = {
    "predict": Scope.PREDICT,
    "invocations": Scope.PREDICT,
    "v2": Scope.PREDICT,
    "version": Scope.PREDICT,
    "models": Scope.READ,
    **dict.fromkeys(PAGES, Scope.READ),
}
"""What a key needs, by the first segment of the route; all scopes where a route is not in here."""

UNLISTED = "/?"
"""In the place of a route's path where it has none."""


class KeyHolder:
    """The callers with one key, and how many of their requests are under way."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.under_way = 0


class KeyedRequest:
    """A request that shows a known key; it is under way until `end`."""

    def __init__(self, holder: KeyHolder, required: frozenset[Scope]) -> None:
        self._holder = holder
        self._required = required
        holder.under_way += 1

    @property
    def key(self) -> str:
        """The key's name."""
        return self._holder.key.name

    def authorize(self) -> None:
        """Returns where the key opens the route; a 403 or 429 problem otherwise."""
        key = self._holder.key
        if lacking := sorted(self._required - key.scopes):
            raise Problem(
                403,
                "scope",
                f"This key lacks the scope {' and '.join(lacking)}; use one that has it.",
            )
        if key.max_in_flight is not None and self._holder.under_way > key.max_in_flight:
            raise Problem(
                429,
                "key_busy",
                "Too many requests are under way with this key; try again.",
                headers={"Retry-After": "1"},
            )

    def end(self) -> None:
        """Notes that the request is answered."""
        self._holder.under_way -= 1


def template_of(route: BaseRoute) -> str:
    """Returns the path that a route was made with.

    A route without a path, such as a mounted application, gets one that is on no list: it needs a
    key with every scope.
    """
    return str(getattr(route, "path", None) or UNLISTED)


class Access:
    """The keys that open the routes; without any, everybody may ask everything."""

    def __init__(self, keys: Sequence[Key], *, open_pages: bool) -> None:
        self._holders = tuple(map(KeyHolder, keys))
        self._open_pages = open_pages

    @property
    def demands_keys(self) -> bool:
        """Whether anybody is asked for a key."""
        return bool(self._holders)

    def required_scopes(self, route: str | None) -> frozenset[Scope] | None:
        """Names the scopes that a request for the route needs; None where no key is asked for.

        `route` is the route's template, or None for a path that no route has: there any key will
        do. The path itself would be the wrong one to ask, for a path has many spellings.
        """
        if not self._holders or route in OPEN:
            return None
        if route is None:
            return frozenset()
        segment = route.split("/")[1]
        if self._open_pages and segment in PAGES:
            return None
        return frozenset({SCOPES[segment]} if segment in SCOPES else Scope)

    def authenticate(self, route: str | None, headers: Headers) -> KeyedRequest | None:
        """Finds who asks, where a key is required; a 401 problem without a known key."""
        required = self.required_scopes(route)
        if required is None:
            return None
        holder = self._holder(headers)
        if holder is None:
            raise Problem(
                401,
                "api_key",
                "Send the API key as X-API-Key, or as a Bearer token.",
                headers={"WWW-Authenticate": 'Bearer realm="rookery"'},
            )
        return KeyedRequest(holder, required)

    def _holder(self, headers: Headers) -> KeyHolder | None:
        shown = digest(_shown(headers))
        found = None
        # All keys are compared, so the time does not tell which one it is.
        for holder in self._holders:
            if hmac.compare_digest(shown, holder.key.digest):
                found = holder
        return found


def _shown(headers: Headers) -> bytes:
    """Reads the key of the request: X-API-Key, and where there is none, a Bearer token.

    A key that is given twice counts as none: a proxy may have checked the other one.
    """
    keys = [value for name, value in headers if name == b"x-api-key"]
    if not keys:
        keys = [
            value[7:].strip()
            for name, value in headers
            if name == b"authorization" and value[:7].lower() == b"bearer "
        ]
    return keys[0] if len(keys) == 1 else b""
