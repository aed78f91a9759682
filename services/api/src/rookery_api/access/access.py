"""Who may ask: the keys, and what each route needs.

Where keys are demanded, every route demands one but those that are written down here, and a path
without a route too: nobody without a key learns what there is.
"""

import hmac
from collections.abc import Mapping, Sequence

from starlette.routing import BaseRoute

from rookery_api.access.hosts import Headers
from rookery_api.access.keys import Key, Scope, digest
from rookery_api.base.problems import Problem

PROBES = frozenset({"/livez", "/readyz"})
"""Paths that answer under any host name: kubelet comes with the pod's address."""
OPEN = PROBES | {"/v2/health/live", "/v2/health/ready"}
"""Routes that ask nobody for a key; what they say is whether the process serves."""
PAGES = frozenset({"", "page", "docs", "openapi.json"})
"""First segments of the routes of the page and of the documents, which may be opened."""
SCOPES: Mapping[str, Scope] = {
    "predict": Scope.PREDICT,
    "invocations": Scope.PREDICT,
    "v2": Scope.PREDICT,
    "models": Scope.READ,
    **dict.fromkeys(PAGES, Scope.READ),
}
"""What a key needs, by the first segment of the route; all scopes where a route is not in here."""

UNLISTED = "/?"
"""In the place of a route's path where it has none."""


class Caller:
    """Whoever shows one key, and how many of their requests are under way."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.under_way = 0


class Visit:
    """A request that shows a known key; it is under way until `end`."""

    def __init__(self, caller: Caller, needed: frozenset[Scope]) -> None:
        self._caller = caller
        self._needed = needed
        caller.under_way += 1

    @property
    def key(self) -> str:
        """The key's name."""
        return self._caller.key.name

    def check(self) -> None:
        """Returns where the key opens the route; a 403 or 429 problem otherwise."""
        key = self._caller.key
        if lacking := sorted(self._needed - key.scopes):
            raise Problem(
                403,
                "scope",
                f"This key lacks the scope {' and '.join(lacking)}; use one that has it.",
            )
        if key.max_in_flight is not None and self._caller.under_way > key.max_in_flight:
            raise Problem(
                429,
                "key_busy",
                "Too many requests are under way with this key; try again.",
                headers={"Retry-After": "1"},
            )

    def end(self) -> None:
        """Notes that the request is answered."""
        self._caller.under_way -= 1


def template_of(route: BaseRoute) -> str:
    """Returns the path that a route was made with; of one without a path, such as a mounted
    application, one that is on no list, and so needs a key with every scope."""
    return str(getattr(route, "path", None) or UNLISTED)


class Access:
    """The keys that open the routes; without any, everybody may ask everything."""

    def __init__(self, keys: Sequence[Key], *, open_pages: bool) -> None:
        self._callers = tuple(map(Caller, keys))
        self._open_pages = open_pages

    @property
    def demands_keys(self) -> bool:
        """Whether anybody is asked for a key."""
        return bool(self._callers)

    def needed(self, route: str | None) -> frozenset[Scope] | None:
        """Names the scopes that a request for the route needs; None where no key is asked for.

        `route` is the route's template, or None for a path that no route has: there any key will
        do. The path itself would be the wrong one to ask, for a path has many spellings.
        """
        if not self._callers or route in OPEN:
            return None
        if route is None:
            return frozenset()
        segment = route.split("/")[1]
        if self._open_pages and segment in PAGES:
            return None
        return frozenset({SCOPES[segment]} if segment in SCOPES else Scope)

    def visit(self, route: str | None, headers: Headers) -> Visit | None:
        """Finds whoever asks, where a key is needed; a 401 problem without one that is known."""
        needed = self.needed(route)
        if needed is None:
            return None
        caller = self._caller(headers)
        if caller is None:
            raise Problem(
                401,
                "api_key",
                "Send the API key as X-API-Key, or as a Bearer token.",
                headers={"WWW-Authenticate": 'Bearer realm="rookery"'},
            )
        return Visit(caller, needed)

    def _caller(self, headers: Headers) -> Caller | None:
        shown = digest(_shown(headers))
        found = None
        # All are compared, whichever it is: time does not tell which.
        for caller in self._callers:
            if hmac.compare_digest(shown, caller.key.digest):
                found = caller
        return found


def _shown(headers: Headers) -> bytes:
    """Reads the key of the request: X-API-Key, and where there is none, a Bearer token.

    One that is given twice is none: whoever is in between may have checked the other one.
    """
    keys = [value for name, value in headers if name == b"x-api-key"]
    if not keys:
        keys = [
            value[7:].strip()
            for name, value in headers
            if name == b"authorization" and value[:7].lower() == b"bearer "
        ]
    return keys[0] if len(keys) == 1 else b""
