"""Turns: long work is done in steps, with a turn of the event loop between two of them.

Threads would not free the loop: what takes long holds the interpreter lock, and a loop that shares
the lock with a busy thread waits milliseconds for it at each event.
"""

import asyncio
import gc
import traceback

from rookery_runtime.steps import Steps, T


class Turns:
    """Does the long work of all requests, one step in each turn of the event loop."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def take(self, steps: Steps[T]) -> T:
        """Answers the result of `steps`; other long work waits until they are done.

        The garbage collector rests meanwhile: it would walk through a large document again and
        again, for several times as long as the document took to be read. The document is gone when
        the collector goes on, for steps that fail keep none of their variables.
        """
        async with self._lock:
            gc.disable()
            try:
                while True:
                    await _turn()
                    try:
                        next(steps)
                    except StopIteration as done:
                        result: T = done.value
                        return result
            except Exception as error:
                _forget(error)
                raise
            finally:
                steps.close()
                gc.enable()

    async def share(self, steps: Steps[T]) -> T:
        """Answers the result of `steps`; other long work may have the turns between them."""
        while True:
            async with self._lock:
                await _turn()
                try:
                    next(steps)
                except StopIteration as done:
                    result: T = done.value
                    return result


async def _turn() -> None:
    """Lets everybody else go on: events first, then those who waited for the events."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def _forget(error: BaseException | None) -> None:
    """Clears the variables of the functions through which the error and its causes came."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__
