"""`python -m rookery_mlflow prepare | ready`: wiring, and the exit code."""

import argparse
import os
import signal
import sys

from rookery_core.errors import Unavailable


def main() -> None:
    """Exits with 0: prepared, or ready; 42: the settings are wrong; 1: not yet."""
    parser = argparse.ArgumentParser(prog="rookery-mlflow", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare", help="wait for the servers; make bucket, tables and users")
    commands.add_parser("ready", help="ask MLflow on this machine for what its database holds")
    arguments = parser.parse_args()
    # Process 1 of a container ignores SIGTERM unless it has a handler.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(_ready() if arguments.command == "ready" else _prepare())


def _ready() -> str | None:
    """Returns None if MLflow is ready, or else why it is not."""
    from rookery_mlflow.ready import ask  # noqa: PLC0415

    try:
        ask(os.environ)
    except Unavailable as reason:
        return str(reason)
    return None


def _prepare() -> int:
    # Imported here: the probe runs every few seconds and must not import what takes seconds.
    from rookery_core import logs  # noqa: PLC0415
    from rookery_core.job import run_job  # noqa: PLC0415
    from rookery_mlflow.prepare import prepare  # noqa: PLC0415
    from rookery_mlflow.settings import Settings  # noqa: PLC0415

    logs.configure()
    return run_job(lambda: prepare(Settings.of(os.environ)))


if __name__ == "__main__":
    main()
