"""`python -m rookery_core.check_specs`: 0 where every spec is valid, 42 with words where not."""

import sys

import structlog

from rookery_core import logs
from rookery_core.catalog import load_catalog
from rookery_core.errors import Refused
from rookery_core.job import exit_code
from rookery_core.settings import CatalogSettings


def main() -> int:
    """Reads every spec of the folder, as every program of this release does."""
    logs.configure()
    return exit_code(check)


def check() -> None:
    """Says that every spec is valid.

    Raises:
        Refused: with a sentence for each file that is none.
    """
    catalog = load_catalog(CatalogSettings().directory)
    if catalog.complaints:
        raise Refused("; ".join(catalog.complaints))
    structlog.get_logger().info("every spec is valid", models=catalog.models)


if __name__ == "__main__":
    sys.exit(main())
