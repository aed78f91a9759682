"""A process of its own that reads a source with typed values, and writes its rows as JSON lines.

A library that reads a foreign file, or a foreign server's answers, allocates what they say. Here it
does so in a process that may hold only so much, has no secrets but the source's, and ends with its
parent.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import IO, Any, NoReturn

from rookery_core.errors import Refused, RookeryError, Unavailable

_ERRORS = {error.__name__: error for error in (Refused, Unavailable)}
_ENVIRONMENT = {
    # libpq looks for certificates and passwords at home.
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
_PAGE_BYTES = resource.getpagesize()
SETTING = "ROOKERY_INGEST_READER_BYTES"


def rows_of_process(
    module: str,
    request: dict[str, Any],
    name: str,
    block_bytes: int,
    file: IO[bytes] | None = None,
) -> Iterator[bytes]:
    """Yields what the module writes for the request; the file is open in its process too.

    Raises:
        RookeryError: what the process says went wrong, or that it broke down.
    """
    descriptors = () if file is None else (file.fileno(),)
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            [sys.executable, "-I", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            bufsize=0,
            env=_ENVIRONMENT,
            pass_fds=descriptors,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            message = json.dumps({**request, "descriptors": descriptors})
            process.stdin.write(message.encode() + b"\n")
            process.stdin.flush()
            while block := os.read(process.stdout.fileno(), block_bytes):
                yield block
            code = process.wait()
        except BrokenPipeError:
            code = process.wait()
        finally:
            process.kill()
        if code:
            said.seek(0)
            raise _failure(name, code, said.read())


def _failure(name: str, code: int, said: bytes) -> RookeryError:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    try:
        fault = json.loads(lines[-1])
        return _ERRORS[fault["error"]](f"{name} {fault['reason']}")
    except (IndexError, ValueError, KeyError, TypeError):
        ended = signal.Signals(-code).name if code < 0 else f"code {code}"
        told = f": {lines[-1]}" if lines else ""
        return Refused(
            f"{name} can't be read: its reader ended with {ended}{told}; it is damaged, or needs "
            f"more memory than {SETTING} allows"
        )


def answer(read: Callable[[dict[str, Any], IO[bytes]], None]) -> NoReturn:
    """Runs `read` in the process of the reader, with the request and the output for its rows."""
    request = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What a library prints is no row.
    out = os.fdopen(os.dup(1), "wb", 1024 * 1024)
    os.dup2(2, 1)
    code = 0
    try:
        read(request, out)
        out.flush()
    except RookeryError as error:
        code = error.exit_code
        fault = {"error": type(error).__name__, "reason": str(error)}
        sys.stderr.write("\n" + json.dumps(fault))
    except BrokenPipeError:
        code = 1
    sys.stderr.flush()
    # Without the interpreter's end, which would wait for what may be stuck.
    os._exit(code)


def limit_memory(more_bytes: int) -> None:
    """Lets this process have so much more memory than it has now."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 (before any import)
        pages = int(file.read().split()[0])
    limit = pages * _PAGE_BYTES + more_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _end_with_parent() -> None:
    """Ends the process when its input ends, which the parent holds open as long as it lives."""
    sys.stdin.buffer.read()
    os._exit(1)
