"""`python -m rookery_runtime.reading.reader`: the child that reads one bundle, and nothing else.

It takes a line of JSON, then the manifest's and the model's bytes, and answers a line of JSON, then
the rebuilt graph. Its limits are set before it looks at a byte of either file: they bound what a
hostile file may take. What makes a graph safe to run is that it is rebuilt.
"""

import sys
from collections.abc import Callable
from itertools import cycle, islice
from time import monotonic

from pydantic import ValidationError

from rookery_core.errors import Refused
from rookery_core.manifest import Manifest
from rookery_core.zones import zone_of
from rookery_runtime.graph.rebuild import Rebuilt, rebuild
from rookery_runtime.prediction.golden_check import check_golden
from rookery_runtime.prediction.input_columns import ModelInputs
from rookery_runtime.prediction.onnx_session import Session, import_runtime
from rookery_runtime.reading.memory import limit_child
from rookery_runtime.reading.protocol import Answer, Request

TRIAL_STEPS = 2_000_000_000
"""The most that the trial batch takes: some seconds."""


def main() -> int:
    """Answers on standard output; 0 where it came to an answer."""
    request = Request.model_validate_json(sys.stdin.buffer.readline())
    import_runtime()
    for zone in request.zones:
        zone_of(zone)
    left = limit_child(request.memory, request.seconds)
    try:
        answer, graph = _read(request, left)
    except Refused as error:
        answer, graph = Answer(refused=str(error)), b""
    except MemoryError:
        answer = Answer(refused=f"reading the model takes more than {request.memory >> 20} MiB")
        graph = b""
    # An unexpected error comes from the file, which is not ours: it must be reported.
    except Exception as error:  # noqa: BLE001
        answer, graph = Answer(refused=f"the model cannot be read: {error!r}"[:500]), b""
    sys.stdout.buffer.write(answer.model_dump_json().encode() + b"\n")
    sys.stdout.buffer.write(graph)
    sys.stdout.buffer.flush()
    return 0


def _read(request: Request, left: Callable[[], int]) -> tuple[Answer, bytes]:
    source = sys.stdin.buffer
    try:
        manifest = Manifest.model_validate_json(source.read(request.manifest_bytes))
    except ValidationError as error:
        raise Refused(f"the manifest is not one: {error.error_count()} errors") from None
    rebuilt = rebuild(source.read(request.model_bytes), manifest.contract, request.rows)
    answer = Answer(steps=rebuilt.steps, loading=rebuilt.loading)
    if rebuilt.loading < left():
        answer = answer.model_copy(
            update={"tried": True, "batch_seconds": _try(rebuilt, manifest, request.rows)}
        )
    return answer, rebuilt.content


def _try(rebuilt: Rebuilt, manifest: Manifest, rows: int) -> float:
    """Measures how long a large batch takes, once the golden rows are answered rightly."""
    session = Session(rebuilt.content)
    check_golden(manifest, session)
    number = max(1, min(rows, rows * TRIAL_STEPS // max(1, rebuilt.steps)))
    inputs = islice(cycle(row.inputs for row in manifest.golden), number)
    columns = ModelInputs(manifest.contract, session).of_rows(list(inputs))
    started = monotonic()
    try:
        session.run(columns)
    # onnxruntime's errors share no base but Exception.
    except Exception as error:
        raise Refused(f"the model fails on {number} rows: {type(error).__name__}") from error
    return monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
