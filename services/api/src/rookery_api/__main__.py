"""`python -m rookery_api`: serve the champions until SIGTERM."""

import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from rookery_api.app import create_app
from rookery_api.base.settings import ApiSettings
from rookery_api.base.trace_settings import TraceSettings
from rookery_api.serve import run
from rookery_core import logs
from rookery_core.errors import Refused
from rookery_core.job import run_job
from rookery_core.settings import CatalogSettings, TrackingSettings

if TYPE_CHECKING:
    from rookery_api.server.otlp_spans import OtlpSpans


def main() -> int:
    """Serves; 0 after SIGTERM, 42 with words where the settings are not whole."""
    logs.configure()
    return run_job(_serve)


def _serve() -> None:
    settings = ApiSettings()
    spans = _spans()
    run(create_app(settings, TrackingSettings(), CatalogSettings(), spans), settings)
    # `run` has set the process an end, for a collector that does not answer.
    if spans is not None:
        spans.close()


def _spans() -> "OtlpSpans | None":
    if not TraceSettings().sends:
        return None
    # Where no spans are sent, the process is spared OpenTelemetry's SDK.
    try:
        from rookery_api.server.otlp_spans import OtlpSpans  # noqa: PLC0415
    except ModuleNotFoundError as error:
        told = (
            f"spans need {error.name}: install rookery-api[otlp], or set OTEL_TRACES_EXPORTER=none"
        )
        raise Refused(told) from error

    return OtlpSpans(version("rookery-api"))


if __name__ == "__main__":
    sys.exit(main())
