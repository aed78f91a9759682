"""`python -m tests.unit.runtime.support.fuzzed`: does as the reader does, file after file.

It takes a manifest and then files, each after a line with its length, and answers each with a line:
the verdict, and the seconds. One process reads them all. It may open files, so that a test can see
whether it does.
"""

import resource
import sys
from time import monotonic

from rookery_core.errors import Refused
from rookery_core.manifest import Manifest
from rookery_runtime.graph.rebuild import rebuild
from rookery_runtime.prediction.golden_check import check_golden
from rookery_runtime.prediction.input_columns import ModelInputs
from rookery_runtime.prediction.onnx_session import Session

MEMORY = 1536 * 1024 * 1024
ROWS = 100


def main() -> None:
    """Answers until its input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    source = sys.stdin.buffer
    manifest = Manifest.model_validate_json(source.read(int(source.readline())))
    while line := source.readline():
        content = source.read(int(line))
        started = monotonic()
        verdict = _verdict(manifest, content)
        sys.stdout.write(f"{verdict} {monotonic() - started:.3f}\n")
        sys.stdout.flush()


def _verdict(manifest: Manifest, content: bytes) -> str:
    try:
        rebuilt = rebuild(content, manifest.contract)
    except Refused:
        return "refused"
    try:
        session = Session(rebuilt.content)
        check_golden(manifest, session)
    except Refused:
        return "fails"
    inputs = [row.inputs for row in manifest.golden] * ROWS
    session.run(ModelInputs(manifest.contract, session).of_rows(inputs[:ROWS]))
    return "answers"


if __name__ == "__main__":
    main()
