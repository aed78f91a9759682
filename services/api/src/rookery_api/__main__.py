"""`python -m rookery_api`: serve the champions until SIGTERM."""

import sys

from rookery_api.app import create_app
from rookery_api.base.settings import ApiSettings
from rookery_api.serve import run
from rookery_core import logs
from rookery_core.job import run_job
from rookery_core.settings import CatalogSettings, TrackingSettings


def main() -> int:
    """Serves; 0 after SIGTERM, 42 with words where the settings are not whole."""
    logs.configure()
    return run_job(_serve)


def _serve() -> None:
    settings = ApiSettings()
    run(create_app(settings, TrackingSettings(), CatalogSettings()), settings)


if __name__ == "__main__":
    sys.exit(main())
