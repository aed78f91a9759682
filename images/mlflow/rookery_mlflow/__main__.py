"""`python -m rookery_mlflow prepare | ready`: wiring, and the exit code."""

import argparse
import os
import signal
import sys

from rookery_mlflow.failure import Unready


def main() -> None:
    """Exits with 0: prepared, or ready; 1: not yet, with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="rookery-mlflow", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare", help="wait for the servers; make buckets, tables and users")
    commands.add_parser("ready", help="ask MLflow on this machine for what its database holds")
    arguments = parser.parse_args()
    # As process 1 of a container, nothing but a handler makes a stop of SIGTERM.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        if arguments.command == "ready":
            _ready()
        else:
            _prepare()
    except Unready as reason:
        sys.exit(str(reason))


def _ready() -> None:
    from rookery_mlflow.ready import ask  # noqa: PLC0415

    ask(os.environ)


def _prepare() -> None:
    # The probe runs every few seconds: it does not import what takes seconds.
    from rookery_mlflow.prepare import prepare  # noqa: PLC0415
    from rookery_mlflow.settings import Settings  # noqa: PLC0415

    prepare(Settings.of(os.environ))


if __name__ == "__main__":
    main()
