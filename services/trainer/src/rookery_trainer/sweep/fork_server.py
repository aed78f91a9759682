"""The fork server: a process that has imported what a worker needs, and forks the workers."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext

PRELOADED = "rookery_trainer.sweep.workers"
SHORT = "/tmp"  # noqa: S108 (for a folder of its own, which others can't open)
SOCKET_BYTES = 103
"""The most that the address of a local socket may have: on macOS; on Linux a little more."""
SOCKET = "/pymp-12345678/listener-12345678"
"""What Python appends to the folder for temporary files to make the address of the server."""


def warm_up() -> ForkServerContext:
    """Starts the server, which imports in the background; returns a context that makes workers."""
    context = get_context("forkserver")
    context.set_forkserver_preload([PRELOADED])
    with _room_for_a_socket():
        forkserver.ensure_running()
    return context


@contextmanager
def _room_for_a_socket() -> Iterator[None]:
    """Has temporary files in a folder with a short name, where the name of theirs is too long."""
    usual = tempfile.gettempdir()
    if len(f"{usual}{SOCKET}".encode()) > SOCKET_BYTES:
        tempfile.tempdir = SHORT
    try:
        yield
    finally:
        tempfile.tempdir = usual
