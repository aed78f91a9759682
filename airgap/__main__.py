"""`python3 -m airgap up | stop | clean | env | images`: needs nothing but Python 3.11."""

import argparse
import shlex
import sys
from pathlib import Path

from airgap import cache, machine
from airgap.failure import AirgapError
from airgap.installation import Installation
from airgap.progress import Progress

CHECKOUT = Path(__file__).resolve().parents[1]


def main() -> int:
    """0 when it is as asked, 1 with the reason when not."""
    parser = argparse.ArgumentParser(prog="airgap", description=__doc__)
    parser.add_argument("command", choices=("up", "stop", "clean", "env", "images"))
    command = parser.parse_args().command
    kept = cache.Cache(cache.home())
    progress = Progress(kept.root / "log")
    installation = Installation(kept, machine.survey(), CHECKOUT, progress)
    try:
        if command == "env":
            for name, value in installation.environment().items():
                progress.say(f"export {name}={shlex.quote(value)}")
        else:
            with kept.locked():
                getattr(installation, command)()
    except AirgapError as error:
        sys.stderr.write(f"airgap: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
