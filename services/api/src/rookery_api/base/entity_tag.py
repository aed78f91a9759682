"""Entity tags (RFC 9110, 8.8.3): whoever has a content already is not sent it again."""

import hashlib
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response


def strong_tag(content: bytes) -> str:
    """Returns the tag of exactly these bytes."""
    return f'"{_digest([content])}"'


def weak_tag(digests: Iterable[bytes]) -> str:
    """Returns the tag of contents that say the same, whatever their bytes are."""
    return f'W/"{_digest(digests)}"'


def is_known(request: Request, tag: str) -> bool:
    """Tells whether the caller has the content of that tag, by the weak comparison."""
    header = ",".join(request.headers.getlist("if-none-match"))
    known = {part.strip().removeprefix("W/") for part in header.split(",")}
    return "*" in known or tag.removeprefix("W/") in known


def not_modified(tag: str) -> Response:
    """Answers 304: the caller has the content of that tag."""
    return Response(status_code=304, headers={"ETag": tag})


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()[:32]
