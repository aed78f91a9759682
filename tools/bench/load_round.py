"""Puts the load of one round on a server, and prints what it measured as JSON.

    python -m tools.bench.load_round PORT PATH BODY CONNECTIONS SECONDS

An empty BODY makes it GET.
"""

import asyncio
import json
import sys

import uvloop

from tools.harness.load import for_seconds, get, load, post


def main() -> None:
    """Runs one round."""
    port, path, body, connections, seconds = sys.argv[1:]
    request = post(path, body.encode(), int(port)) if body else get(path, int(port))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(
            load(
                int(port),
                request,
                connections=int(connections),
                stop=for_seconds(float(seconds)),
            )
        )
    measured = {
        "rate": result.rate,
        "p50": result.percentile(50),
        "p99": result.percentile(99),
        "failures": len(result.failures),
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
