"""`rookery`, also as `python -m rookery_local`."""

import os
import sys


def main() -> None:
    """Runs the command line, without what `PYTHON*` variables would change of this Python.

    `PYTHONPATH`, for example, may hold older packages, which would be imported in place of ours.
    """
    if not sys.flags.ignore_environment and any(name.startswith("PYTHON") for name in os.environ):
        own = [sys.executable, "-I", "-m", "rookery_local", *sys.argv[1:]]
        os.execv(sys.executable, own)  # noqa: S606 (no shell is meant)
    # Not before: it imports packages.
    from rookery_local.cli.command_line import run  # noqa: PLC0415

    run()


if __name__ == "__main__":
    main()
