"""Prefetch: a thread reads the source ahead, and reading ends when it takes too long.

A socket's time-out starts again with every byte, so a server that sends one now and then could hold
its reader for ever. Here the reader waits on a queue, with a deadline.
"""

import queue
import threading
import time
from collections.abc import Generator, Iterator

from rookery_core.errors import Unavailable

AHEAD = 4
"""Blocks that may wait for their reader."""
_POLL_SECONDS = 0.2


def prefetched(
    blocks: Iterator[bytes], name: str, idle: float, whole: float, first_connection: float = 0.0
) -> Generator[bytes, None, None]:
    """Yields what `blocks` yields, and raises what it raises.

    The first block may take `first_connection` seconds longer than the others, because a connection
    that fails is tried again meanwhile.

    Raises:
        Unavailable: no block came for `idle` seconds, or all took more than `whole` seconds.
    """
    arrived: queue.Queue[bytes | BaseException | None] = queue.Queue(AHEAD)
    stop = threading.Event()
    # A daemon: a thread that hangs in a system call must not keep the program alive.
    threading.Thread(target=_read, args=(blocks, arrived, stop), daemon=True).start()
    deadline = time.monotonic() + whole
    silence = first_connection + idle
    try:
        while True:
            left = deadline - time.monotonic()
            try:
                item = arrived.get(timeout=max(0.0, min(silence, left)))
            except queue.Empty:
                raise _late(name, silence, whole, deadline) from None
            silence = idle
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item
            if time.monotonic() >= deadline:
                raise _late(name, idle, whole, deadline)
    finally:
        stop.set()


def _late(name: str, silence: float, whole: float, deadline: float) -> Unavailable:
    if time.monotonic() >= deadline:
        return Unavailable(
            f"{name} was not read within {whole:g} s; "
            "run the job again or raise ROOKERY_INGEST_SOURCE_SECONDS"
        )
    return Unavailable(f"{name} sent nothing for {silence:g} s; run the job again when it answers")


def _read(
    blocks: Iterator[bytes],
    arrived: "queue.Queue[bytes | BaseException | None]",
    stop: threading.Event,
) -> None:
    try:
        for block in blocks:
            if not _put(block, arrived, stop):
                return
        _put(None, arrived, stop)
    except BaseException as error:  # noqa: BLE001 (it is raised where the blocks are read)
        _put(error, arrived, stop)
    finally:
        close = getattr(blocks, "close", None)
        if close is not None:
            close()


def _put(
    item: bytes | BaseException | None,
    arrived: "queue.Queue[bytes | BaseException | None]",
    stop: threading.Event,
) -> bool:
    """Puts the item into the queue; tells whether the reader was still there for it."""
    while not stop.is_set():
        try:
            arrived.put(item, timeout=_POLL_SECONDS)
        except queue.Full:
            continue
        return True
    return False
