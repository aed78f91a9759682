"""`python -m rookery_core.check_specs`: 0 where every spec is valid, 42 with words where not."""

import sys

import structlog

from rookery_core import logs
from rookery_core.errors import Refused
from rookery_core.job import run_job
from rookery_core.settings import CatalogSettings
from rookery_core.spec.catalog import load_catalog


def main() -> int:
    """Reads every spec as every program of this release does; returns the exit code."""
    logs.configure()
    return run_job(check)


def check() -> None:
    """Checks that every spec is valid.

    Raises:
        Refused: with a sentence for each file that is none.
    """
    catalog = load_catalog(CatalogSettings().directory)
    if catalog.complaints:
        raise Refused("; ".join(catalog.complaints))
    structlog.get_logger().info("every spec is valid", models=catalog.models)


if __name__ == "__main__":
    sys.exit(main())
