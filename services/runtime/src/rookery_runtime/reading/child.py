"""The parent's side of the reader: a bundle goes in, a rebuilt graph or a refusal comes back."""

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass

from rookery_core.contract import DatetimeFeature
from rookery_core.errors import Refused, Unavailable
from rookery_core.zones import UnknownZone, zone_of
from rookery_runtime.bundle import Bundle
from rookery_runtime.graph.budget import MAX_ROWS
from rookery_runtime.reading.memory import memory_left
from rookery_runtime.reading.protocol import Answer, Request

ENVIRONMENT = {
    "ORT_DISABLE_TELEMETRY": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "1048576",
}
"""All of the child's: nothing of this process's own, and small in address space."""
SECONDS = 60
"""How long reading one bundle may take, where a process does not say otherwise."""
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Reading:
    """A graph that a child has rebuilt."""

    graph: bytes
    rows: int
    """The most rows of one batch."""
    steps: int
    """What such a batch takes."""
    loading: int
    """Bytes that the runtime needs while it loads the graph, about."""


async def read_bundle(bundle: Bundle, *, rows: int = MAX_ROWS, seconds: int = SECONDS) -> Reading:
    """Answers what a child of this process has rebuilt of the bundle's graph.

    The child is gone when this returns, is cancelled, or fails. It may take half of the memory that
    is left, and so many seconds.

    Args:
        rows: the most rows of one batch.

    Raises:
        Refused: where the child refuses the bundle, or comes to no answer within its limits.
        Unavailable: where no child can be started now.
    """
    memory = memory_left() // 2
    request = Request(
        manifest_bytes=len(bundle.manifest_json),
        model_bytes=len(bundle.model),
        rows=rows,
        memory=memory,
        seconds=seconds,
        zones=_zones(bundle),
    )
    child = await _start()
    try:
        async with asyncio.timeout(seconds):
            return await _converse(child, request, bundle)
    except TimeoutError:
        raise Refused(
            f"reading and trying the model takes more than {seconds} s; train a smaller one"
        ) from None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def _zones(bundle: Bundle) -> tuple[str, ...]:
    """Lists the time zones of the contract.

    Raises:
        Refused: there is no such zone.
    """
    features = bundle.manifest.contract.features
    zones = {feature.zone for feature in features if isinstance(feature, DatetimeFeature)}
    try:
        return tuple(zone_of(zone).key or zone for zone in sorted(filter(None, zones)))
    except UnknownZone as error:
        raise Refused(
            f"the model's time zone {str(error)[:50]!r} is not known here; install tzdata"
        ) from None


async def _start() -> Process:
    program = (sys.executable, "-I", "-m", "rookery_runtime.reading.reader")
    try:
        return await asyncio.create_subprocess_exec(
            *program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=ENVIRONMENT, limit=_CHUNK
        )
    except OSError as error:
        raise Unavailable(f"no process can be started to read the bundle: {error}") from error


async def _converse(child: Process, request: Request, bundle: Bundle) -> Reading:
    assert child.stdin is not None
    assert child.stdout is not None
    # A child that ends early takes no more; its end says why.
    with suppress(ConnectionError):
        line = request.model_dump_json().encode() + b"\n"
        for part in (line, bundle.manifest_json, bundle.model):
            for begin in range(0, len(part), _CHUNK):
                child.stdin.write(part[begin : begin + _CHUNK])
                await child.stdin.drain()
        child.stdin.close()
    line = await child.stdout.readline()
    if not line.endswith(b"\n"):
        raise _no_answer(await child.wait(), request)
    answer = Answer.model_validate_json(line)
    if answer.refused is not None:
        raise Refused(answer.refused)
    # Lists may be packed in the file; in what is rebuilt they are not.
    limit = 2 * request.model_bytes + 1024 * 1024
    graph = bytearray()
    while chunk := await child.stdout.read(_CHUNK):
        graph += chunk
        if len(graph) > limit:
            raise Refused(f"the rebuilt model holds more than {limit} bytes")
    if code := await child.wait():
        raise _no_answer(code, request)
    return Reading(bytes(graph), request.rows, answer.steps, answer.loading)


def _no_answer(code: int, request: Request) -> Refused:
    if code == -signal.SIGXCPU:
        return Refused(
            f"reading and trying the model takes more than {request.seconds} s of a processor; "
            "train a smaller one"
        )
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return Refused(
        f"the process that read the model ended with {how}, within {request.memory >> 20} MiB"
    )
