"""The formats of `/metrics`: Prometheus' text, and OpenMetrics for those who prefer it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, exposition
from prometheus_client.openmetrics import exposition as openmetrics

_ANY = ("*/*", "text/*")


@dataclass(frozen=True)
class ExpositionFormat:
    """One way to write all series."""

    content_type: str
    write: Callable[[CollectorRegistry], bytes]


TEXT = ExpositionFormat(exposition.CONTENT_TYPE_PLAIN_0_0_4, exposition.generate_latest)
"""What everybody gets who does not ask for the other."""
OPENMETRICS = ExpositionFormat(
    "application/openmetrics-text; version=1.0.0; charset=utf-8", openmetrics.generate_latest
)


def preferred_format(accept: str) -> ExpositionFormat:
    """Chooses the format for a request with these `Accept` headers (RFC 9110, 12.5.1).

    The library's own choice fails for a version that is no number, and names in its answer any
    version that it was asked for.
    """
    qualities = {TEXT: 0.0, OPENMETRICS: 0.0}
    for media, parameters in _media_ranges(accept):
        version, quality = parameters.get("version", ""), _quality(parameters.get("q", "1"))
        if media == "application/openmetrics-text" and version in ("", "1.0.0"):
            qualities[OPENMETRICS] = max(qualities[OPENMETRICS], quality)
        elif media == "text/plain" or media in _ANY:
            qualities[TEXT] = max(qualities[TEXT], quality)
    wanted = qualities[OPENMETRICS]
    return OPENMETRICS if wanted > 0 and wanted >= qualities[TEXT] else TEXT


def _media_ranges(accept: str) -> Iterator[tuple[str, dict[str, str]]]:
    for part in accept.lower().split(","):
        media, *rest = (piece.strip() for piece in part.split(";"))
        pairs = (piece.partition("=") for piece in rest)
        yield media, {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def _quality(text: str) -> float:
    """Reads a `q`; 0 where it is none."""
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if 0 <= found <= 1 else 0.0
