"""Loads a champion: fetches its bundle, verifies it, puts it in the place of the one that serves.

A load runs in a task of its own (`load_tasks.py`). One that fails leaves what serves as it was, and
says why in the metrics and on the card.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from functools import partial

import structlog

from rookery_api.base.metrics import Metrics
from rookery_api.base.settings import ApiSettings
from rookery_api.registry.backoff import Refusal
from rookery_api.registry.cache import Cache
from rookery_api.registry.champion import Champion
from rookery_api.registry.failures import report_failure, report_unexpected
from rookery_api.registry.history import version_cards
from rookery_api.registry.load_tasks import CACHED, LoadTasks
from rookery_api.registry.served_models import ServedModels, pointer_of
from rookery_api.registry.tracking_client import RegisteredVersion, TrackingClient, VersionKey
from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_core.registry_names import TAG_MANIFEST_SHA256
from rookery_runtime.bundle import Bundle

log = structlog.get_logger()


class ChampionLoader:
    """Loads champions from the registry, and at the start from the cache."""

    def __init__(
        self,
        *,
        settings: ApiSettings,
        models: ServedModels,
        tracking: TrackingClient,
        cache: Cache,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._models = models
        self._tracking = tracking
        self._cache = cache
        self._metrics = metrics
        self._tasks = LoadTasks(
            rows=settings.max_batch,
            seconds=settings.load_seconds,
            ended=self.update_readiness,
            metrics=metrics,
        )
        self._refused: dict[str, Refusal] = {}
        self._tried: dict[str, VersionKey] = {}
        """What was last loaded, or tried to be."""
        self._out_of_reach: set[str] = set()
        """Models whose last load could not reach what it needs."""
        self._histories: dict[str, tuple[Champion | None, float]] = {}
        """For which champion the history on the card was read, and when."""

    async def restore(self) -> None:
        """Serves what the cache holds, or goes on loading what takes too long."""
        tasks = [self._tasks.start(m, CACHED, partial(self._restore, m)) for m in self._models]
        if tasks:
            await asyncio.wait(tasks, timeout=self._settings.load_seconds)
        self.update_readiness()

    async def _restore(self, model: str) -> None:
        try:
            found = await asyncio.to_thread(self._cache.read, model)
            if found is None:
                return
            pointer, bundle = found
            champion = await self._tasks.champion(bundle, pointer.version, pointer.run_id)
        except RookeryError as error:
            report_failure(self._metrics, model, "cache", error)
            return
        # An unexpected error in one cached model must not keep the others from being served.
        except Exception as error:  # noqa: BLE001
            self._note_unexpected(model, error)
            return
        aliases = tuple(sorted(pointer.aliases.items()))
        self._serve(model, champion, "cache")
        self._models.update(model, aliases=aliases, history=tuple(pointer.history))

    def is_loading(self, model: str, named: RegisteredVersion) -> bool:
        """Tells whether that version is being loaded."""
        return self._tasks.key(model) == named.key

    def is_due(self, model: str, named: RegisteredVersion) -> bool:
        """Tells whether to try that version now; one that was refused waits longer each time."""
        refused = self._refused.get(model)
        return refused is None or refused.due(named)

    def start(self, model: str, named: RegisteredVersion) -> None:
        """Starts to load that version of a model that has no load."""
        # Later attempts leave what the card says of the one before.
        if self._tried.get(model) != named.key:
            self._tried[model] = named.key
            told = f"version {named.version} is being fetched and checked"
            self._models.update(model, error=told)
        self._tasks.start(model, named.key, partial(self._load, model, named))

    async def _load(self, model: str, named: RegisteredVersion) -> None:
        """Lets the version answer, or says on the card and in the metrics why not."""
        try:
            bundle = await self._fetch(model, named)
            champion = await self._tasks.champion(bundle, named.version, named.run_id)
            self._refused.pop(model, None)
            self._serve(model, champion, "registry")
            self._models.update(model, refused=None, error=None)
            await self._store(model, bundle)
            await self._update_history(model)
        except Refused as error:
            self._refused[model] = Refusal.after(self._refused.get(model), named)
            told = f"version {named.version} is not served: {error}"
            self._models.update(model, refused=named.version, error=told)
            report_failure(self._metrics, model, "refused", error)
        except Unavailable as error:
            self._out_of_reach.add(model)
            self._models.update(model, answered=False, error=str(error))
            report_failure(self._metrics, model, "unavailable", error)
        # An unexpected error must not go unheard in a task: it is logged, and tried again.
        except Exception as error:  # noqa: BLE001
            self._out_of_reach.add(model)
            self._note_unexpected(model, error)

    async def _fetch(self, model: str, named: RegisteredVersion) -> Bundle:
        try:
            async with asyncio.timeout(self._settings.download_seconds):
                return await self._tracking.bundle(model, named, self._settings.max_model_bytes)
        except TimeoutError:
            raise Unavailable("the bundle did not arrive in time") from None

    def _serve(self, model: str, champion: Champion, origin: str) -> None:
        """Requests are answered by `champion` from here on."""
        found = self._models.update(model, champion=champion)
        self._metrics.champion_version.labels(model).set(float(champion.version))
        self._metrics.champion_current.labels(model).set(found.named == champion.version)
        self._metrics.swaps.labels(model).inc()
        log.info("champion flipped", model=model, version=champion.version, origin=origin)

    async def stay(self, model: str) -> None:
        """Notes that the champion of the registry serves already; its history may be old."""
        self._refused.pop(model, None)
        self._models.update(model, error=None)
        await self._update_history(model)

    async def stay_without(self, model: str) -> None:
        """Notes that the registry names no champion; the history says what became of versions."""
        self._models.update(model, error=None)
        await self._update_history(model)

    async def _update_history(self, model: str) -> None:
        """Reads the card's history: at most `history_seconds` old, or of this champion's load."""
        found = self._models.find(model)
        read_for, read_at = self._histories.get(model, (None, -math.inf))
        fresh = time.monotonic() - read_at < self._settings.history_seconds
        if found.champion is read_for and fresh:
            return
        aliases, versions = await self._tracking.history(model)
        history = version_cards(versions, aliases)
        # Without a champion one from the cache may still be on its way: nothing is dropped then.
        if found.champion is not None:
            await self._drop_gone(model, versions)
        self._histories[model] = (found.champion, time.monotonic())
        self._models.update(model, aliases=tuple(sorted(aliases.items())), history=history)
        if history != found.history and found.champion is not None:
            await self._store(model, None)

    async def _store(self, model: str, bundle: Bundle | None) -> None:
        """Puts the champion into the disk cache, as far as the disk lets it."""
        found = self._models.find(model)
        assert found.champion is not None
        pointer = pointer_of(found, found.champion)
        try:
            await asyncio.to_thread(self._cache.write, model, pointer, bundle)
        except OSError as error:
            report_failure(self._metrics, model, "cache", error)

    async def _drop_gone(self, model: str, versions: Sequence[RegisteredVersion]) -> None:
        """Removes from the disk what the registry no longer has; the card says so afterwards."""
        registered = {version.tags.get(TAG_MANIFEST_SHA256, "") for version in versions}
        try:
            await asyncio.to_thread(self._cache.drop_gone, model, registered)
        except OSError as error:
            report_failure(self._metrics, model, "cache", error)

    def stop(self, model: str) -> None:
        """Stops the model's load, if there is one."""
        self._tasks.stop(model)

    def stop_fetched(self, model: str) -> None:
        """Stops the model's load, unless it is the one from the cache."""
        if self._tasks.key(model) != CACHED:
            self._tasks.stop(model)

    async def forget(self, model: str) -> None:
        """Forgets a model that has left the catalog, in the cache too."""
        self._refused.pop(model, None)
        self._tried.pop(model, None)
        await asyncio.to_thread(self._cache.forget, model)

    def take_out_of_reach(self) -> set[str]:
        """Answers the models whose last load could not reach what it needs, and clears them."""
        taken, self._out_of_reach = self._out_of_reach, set()
        return taken

    def update_readiness(self) -> None:
        """Updates readiness once each champion was tried: a load ends within its limits."""
        if not self._tasks.first:
            self._models.update_readiness()

    async def aclose(self) -> None:
        """Stops every load."""
        await self._tasks.aclose()

    def _note_unexpected(self, model: str, error: Exception) -> None:
        self._models.update(model, error=f"the bundle could not be loaded: {error!r}"[:500])
        report_unexpected(self._metrics, model, error)
