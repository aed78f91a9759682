"""Measures how long each costly request holds the API's event loop.

    .venv/bin/python -m tools.bench.costly [--rounds 3]

Milliseconds of processor time of the loop's thread between two turns of the loop, the least of
several rounds; requests and model are those of `tests/integration/api/protocols/test_costly.py`.
"""

import argparse
import tempfile
from pathlib import Path

from tools.harness.costly.requests import costly_requests
from tools.harness.costly.watched_api import MODEL, WatchedApi


def main() -> None:
    """Prints the list."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("| request | bytes | answer | bytes | ms |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, WatchedApi(Path(folder)) as api:
        for request in costly_requests(MODEL):
            held = api.held(request, options.rounds)
            print(
                f"| {request.name} | {len(request.body)} | {held.status} | {held.answer_bytes} |"
                f" {held.milliseconds:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
