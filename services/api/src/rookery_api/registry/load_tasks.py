"""The tasks of loads: one for each model, with one child at a time that reads a bundle.

A load that takes long concerns its own model: other bundles are fetched beside it, and wait for its
child until the time limit of a child at most. A load that is not wanted any more is stopped, and
its child with it.
"""

import asyncio
from collections.abc import Callable, Coroutine

from rookery_api.base.metrics import Metrics
from rookery_api.registry.champion import Champion, load_champion
from rookery_api.registry.tracking_client import VersionKey
from rookery_runtime.bundle import Bundle
from rookery_runtime.reading.child import read_bundle

FETCHED = 4
"""The most bundles that are in memory on their way."""

CACHED: VersionKey = ("", "the cache's")
"""What is loaded where it is the champion of the cache."""


class LoadTasks:
    """The loads under way."""

    def __init__(
        self, *, rows: int, seconds: int, ended: Callable[[], None], metrics: Metrics
    ) -> None:
        """Makes the tasks; there are none yet.

        Args:
            rows: the most rows of one batch.
            seconds: how long a child may take for one bundle.
            ended: is called whenever a load has ended.
            metrics: show since when each load has been under way.
        """
        self._rows = rows
        self._seconds = seconds
        self._ended = ended
        self._begun = metrics.load_begun
        self._under_way: dict[str, tuple[VersionKey, asyncio.Task[None]]] = {}
        self._attempted: set[str] = set()
        self._slots = asyncio.Semaphore(FETCHED)
        self._child = asyncio.Lock()

    @property
    def first(self) -> bool:
        """Whether a model is being loaded of which no load has come to an end before."""
        return not self._under_way.keys() <= self._attempted

    def key(self, model: str) -> VersionKey | None:
        """Answers what is under way for the model; None where nothing is."""
        return self._under_way[model][0] if model in self._under_way else None

    def start(
        self, model: str, key: VersionKey, load: Callable[[], Coroutine[None, None, None]]
    ) -> asyncio.Task[None]:
        """Starts `load` for a model that has none under way."""
        task = asyncio.create_task(self._in_slot(load))
        self._under_way[model] = (key, task)
        self._begun.labels(model).set_to_current_time()
        task.add_done_callback(lambda done: self._forget(model, done))
        return task

    def stop(self, model: str) -> None:
        """Stops the model's load, if there is one; nothing of it has an effect from here on."""
        if model in self._under_way:
            _, task = self._under_way.pop(model)
            self._begun.remove_by_labels({"model": model})
            task.cancel()

    async def aclose(self) -> None:
        """Stops every load and waits for the end of the child that reads."""
        tasks = [task for _, task in self._under_way.values()]
        for model in list(self._under_way):
            self.stop(model)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def champion(self, bundle: Bundle, version: str, run_id: str) -> Champion:
        """Answers the bundle's champion, read by a child and loaded in a thread.

        Raises:
            Refused: for what is wrong with it, or takes more than it may.
            Unavailable: where no child can be started now.
        """
        async with self._child:
            reading = await read_bundle(bundle, rows=self._rows, seconds=self._seconds)
            return await asyncio.to_thread(load_champion, bundle, reading, version, run_id)

    async def _in_slot(self, load: Callable[[], Coroutine[None, None, None]]) -> None:
        async with self._slots:
            await load()

    def _forget(self, model: str, done: asyncio.Task[None]) -> None:
        key, task = self._under_way.get(model, (CACHED, None))
        if task is done:
            del self._under_way[model]
            self._begun.remove_by_labels({"model": model})
            if key != CACHED:
                self._attempted.add(model)
        self._ended()
