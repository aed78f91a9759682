"""Compressed answers, for what is large and the same for every caller: documents and files.

Predictions are sent as they are: they are small, and compressing one takes longer than making it.
"""

import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request

from rookery_runtime.steps import Steps

GZIP = zlib.MAX_WBITS + 16
LEVEL = 6
VARY = {"Vary": "Accept-Encoding"}
"""What every answer says that is there in both forms."""


@dataclass(frozen=True)
class Compressed:
    """A content in both forms, in parts."""

    plain: tuple[bytes, ...]
    gzip: tuple[bytes, ...]

    @classmethod
    def of(cls, content: bytes) -> "Compressed":
        """Compresses a content."""
        # Without the time: the same content is the same bytes in every process.
        return cls((content,), (gzip.compress(content, LEVEL, mtime=0),))

    def asked(self, request: Request) -> tuple[tuple[bytes, ...], dict[str, str]]:
        """Returns the form that the request takes, and the headers that say which one it is."""
        if takes_gzip(request.headers.getlist("accept-encoding")):
            return self.gzip, {"Content-Encoding": "gzip", **VARY}
        return self.plain, VARY


def compressed(parts: Iterable[bytes]) -> Steps[Compressed]:
    """Compresses a long content, one part in each step."""
    plain = tuple(parts)
    coder = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    coded = []
    for part in plain:
        coded.append(coder.compress(part))
        yield
    coded.append(coder.flush())
    return Compressed(plain, tuple(coded))


def takes_gzip(accepted: Iterable[str]) -> bool:
    """Tells whether `Accept-Encoding` takes gzip (RFC 9110, 12.5.3); without it, nothing does."""
    weights: dict[str, float] = {}
    for entry in ",".join(accepted).lower().split(","):
        coding, _, parameter = entry.partition(";")
        name, _, weight = parameter.strip().partition("=")
        weights[coding.strip()] = _weight(weight) if name.strip() == "q" else 1.0
    gzips = [weights[name] for name in ("gzip", "x-gzip") if name in weights]
    return max(gzips, default=weights.get("*", 0.0)) > 0


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
