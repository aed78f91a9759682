"""`python3 -m tools.airgap up | stop | clean | env | images`: needs nothing but Python 3.11."""

import argparse
import shlex
import sys

from tools.airgap.installation import Installation
from tools.airgap.machine import survey
from tools.cache import Cache
from tools.checkout import ROOT
from tools.failure import ToolError
from tools.progress import Progress


def main() -> int:
    """Returns 0 when it is as asked, and 1, with the reason told, when not."""
    parser = argparse.ArgumentParser(prog="airgap", description=__doc__)
    parser.add_argument("command", choices=("up", "stop", "clean", "env", "images"))
    command = parser.parse_args().command
    kept = Cache.of("airgap")
    progress = Progress(kept.root / "log")
    installation = Installation(kept, survey(), ROOT, progress)
    try:
        if command == "env":
            for name, value in installation.environment().items():
                progress.say(f"export {name}={shlex.quote(value)}")
        else:
            with kept.locked():
                getattr(installation, command)()
    except ToolError as error:
        sys.stderr.write(f"airgap: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
