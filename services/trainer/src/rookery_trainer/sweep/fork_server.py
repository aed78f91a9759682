"""The fork server: a process that has imported what a worker needs, and forks the workers."""

from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext

PRELOADED = "rookery_trainer.sweep.workers"


def warm_up() -> ForkServerContext:
    """Starts the server, which imports in the background; returns a context that makes workers."""
    context = get_context("forkserver")
    context.set_forkserver_preload([PRELOADED])
    forkserver.ensure_running()
    return context
