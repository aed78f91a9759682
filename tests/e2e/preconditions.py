"""`python -m tests.e2e.preconditions`: checks what a run needs before its images take minutes."""

import sys

from tests.e2e.support.cluster import CONFIG, NAME, require_ingress_port

from rookery_core.errors import RookeryError
from rookery_local.kind import programs


def main() -> int:
    """Returns 0 when a cluster can be made now or was kept, 1 with the reason when not."""
    try:
        programs.require()
        # Where a cluster of an earlier run is, the port is its own.
        if NAME not in programs.output("kind", "get", "clusters").split():
            require_ingress_port(CONFIG)
    except RookeryError as error:
        sys.stderr.write(f"e2e: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
