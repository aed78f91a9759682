"""Fold notes: what worker processes say while they work, heard in the process of the sweep."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from multiprocessing.connection import Connection

FoldNote = tuple[int, int]
"""A trial's index, and which of its folds has begun, from 1."""
Heard = Callable[[int, int], None]
"""Is told each note."""
_LOOK_SECONDS = 0.5


@contextmanager
def listening(notes: "Connection[None, FoldNote]", heard: Heard | None) -> Iterator[None]:
    """Passes on the notes in a thread of its own while the block runs.

    All workers write to one pipe without a lock, which a killed one would keep: a note is so short
    that the system writes it at once.
    """
    is_over = threading.Event()

    def listen() -> None:
        try:
            while notes.poll(_LOOK_SECONDS) or not is_over.is_set():
                if notes.poll():
                    note = notes.recv()
                    if heard:
                        heard(*note)
        except EOFError:  # all that could write have ended
            return

    # In today's context, so that the thread's events say of which model and sweep they are.
    within = copy_context().run
    thread = threading.Thread(target=within, args=(listen,), name="fold notes", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        notes.close()
