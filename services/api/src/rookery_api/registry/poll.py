"""The refresher: keeps the roster at what the registry says, and never makes it worse.

A look asks for every model's champion. A new one is fetched, verified and warmed beside the one
that serves, by a task that no look waits for; then one reference is flipped. Whatever fails leaves
the roster as it was, says so in the metrics and on the card, and is tried again at a later look.
"""

import asyncio
import random
import time
from functools import partial

import structlog

from rookery_api.base.metrics import Metrics
from rookery_api.base.settings import ApiSettings
from rookery_api.registry.backoff import Refusal, pause
from rookery_api.registry.cache import Cache
from rookery_api.registry.champion import Champion
from rookery_api.registry.history import version_cards
from rookery_api.registry.loads import CACHED, Key, Loads
from rookery_api.registry.served_models import Roster, now, pointer_of
from rookery_api.registry.spec_folder import SpecFolder
from rookery_api.registry.tracking_client import RegisteredVersion, Tracking
from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_core.registry import TAG_MANIFEST_SHA256
from rookery_runtime.bundle import Bundle

log = structlog.get_logger()


class Refresher:
    """Looks at the registry, at most `poll_seconds` apart while it answers."""

    def __init__(
        self,
        *,
        settings: ApiSettings,
        specs: SpecFolder,
        roster: Roster,
        tracking: Tracking,
        cache: Cache,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._specs = specs
        self._roster = roster
        self._tracking = tracking
        self._cache = cache
        self._metrics = metrics
        self._loads = Loads(
            rows=settings.max_batch, seconds=settings.load_seconds, ended=self._settle
        )
        self._refused: dict[str, Refusal] = {}
        self._tried: dict[str, Key] = {}
        """What was last loaded, or tried to be."""
        self._away: set[str] = set()
        """Models whose last load could not reach what it needs."""
        self._histories: dict[str, tuple[Champion | None, float]] = {}
        self._failures = 0

    async def restore(self) -> None:
        """The roster serves what the cache holds, or goes on loading what takes too long."""
        tasks = [self._loads.start(m, CACHED, partial(self._restore, m)) for m in self._roster]
        if tasks:
            await asyncio.wait(tasks, timeout=self._settings.load_seconds)
        self._settle()

    async def aclose(self) -> None:
        """Stops every load."""
        await self._loads.aclose()

    async def _restore(self, model: str) -> None:
        try:
            found = await asyncio.to_thread(self._cache.read, model)
            if found is None:
                return
            pointer, bundle = found
            champion = await self._loads.champion(bundle, pointer.version, pointer.run_id)
        except RookeryError as error:
            self._failed(model, "cache", error)
            return
        # What nobody foresaw of a cache must not keep the others from being served.
        except Exception as error:  # noqa: BLE001
            self._unforeseen(model, error)
            return
        aliases = tuple(sorted(pointer.aliases.items()))
        self._flip(model, champion, "cache")
        self._roster.update(model, aliases=aliases, history=tuple(pointer.history))

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            try:
                answered = await self.look()
            # What nobody foresaw must not end the looking: it is logged, and tried again.
            except Exception:
                log.exception("look failed")
                self._metrics.refresh_errors.labels("", "internal").inc()
                answered = False
            self._failures = 0 if answered else self._failures + 1
            await asyncio.sleep(pause(self._settings, self._failures, random.random()))  # noqa: S311

    async def look(self) -> bool:
        """The roster knows what the registry says, and every new champion is being loaded.

        Answers whether the registry answered for every model, and no load lacked what it needs.
        """
        away, self._away = self._away, set()
        try:
            await self._look_at_catalog()
            answers = await asyncio.gather(*(self._look_at(model) for model in list(self._roster)))
        finally:
            self._settle()
        return all(answers) and not away

    def _settle(self) -> None:
        """Readiness is settled once each champion was tried: a load ends within its limits."""
        if not self._loads.first:
            self._roster.settle()

    async def _look_at_catalog(self) -> None:
        try:
            catalog = await asyncio.to_thread(self._specs.changed)
        except RookeryError as error:
            self._roster.folder_error = str(error)
            self._failed("", "catalog", error)
            return
        self._roster.folder_error = None
        if catalog is None:
            return
        gone = self._roster.adopt(catalog)
        for model in gone:
            self._loads.stop(model)
        for model in gone:
            log.info("model left the catalog", model=model)
            self._metrics.forget(model)
            self._refused.pop(model, None)
            self._tried.pop(model, None)
            await asyncio.to_thread(self._cache.forget, model)
        for model in self._roster:
            self._metrics.spec_valid.labels(model).set(model not in catalog.faults)
        for model, fault in (*catalog.faults.items(), *(("", each) for each in catalog.strays)):
            self._failed(model, "catalog", Refused(str(fault)))

    async def _look_at(self, model: str) -> bool:
        try:
            named = await self._tracking.champion(model)
            self._heard(model, named)
            if named is None:
                self._no_alias(model)
            else:
                await self._follow(model, named)
        except Unavailable as error:
            self._roster.update(model, answered=False, error=str(error))
            self._failed(model, "unavailable", error)
            return False
        return True

    def _heard(self, model: str, named: RegisteredVersion | None) -> None:
        version = None if named is None else named.version
        entry = self._roster.update(model, answered=True, checked_at=now(), named=version)
        self._metrics.registry_answered.labels(model).set_to_current_time()
        current = entry.champion is not None and entry.champion.version == version
        self._metrics.champion_current.labels(model).set(current)

    def _no_alias(self, model: str) -> None:
        if self._loads.key(model) != CACHED:
            self._loads.stop(model)
        champion = self._roster.entry(model).champion
        if champion is None:
            self._roster.update(model, error=None)
            return
        error = Refused(
            f"the registry names no champion any more; version {champion.version} serves on"
        )
        self._roster.update(model, error=str(error))
        self._failed(model, "alias_missing", error)

    async def _follow(self, model: str, named: RegisteredVersion) -> None:
        """The model is at the version that the alias names, or on its way there."""
        if self._loads.key(model) == _key(named):
            return
        self._loads.stop(model)
        champion = self._roster.entry(model).champion
        if champion is not None and (champion.version, champion.manifest_sha256) == _key(named):
            self._refused.pop(model, None)
            self._roster.update(model, error=None)
            await self._update_history(model)
            return
        refused = self._refused.get(model)
        if refused is not None and not refused.due(named):
            return
        # Later attempts leave what the card says of the one before.
        if self._tried.get(model) != _key(named):
            self._tried[model] = _key(named)
            told = f"version {named.version} is being fetched and checked"
            self._roster.update(model, error=told)
        self._loads.start(model, _key(named), partial(self._load, model, named))

    async def _load(self, model: str, named: RegisteredVersion) -> None:
        """The named version answers, or the card and the metrics say why not."""
        try:
            bundle = await self._fetch(model, named)
            champion = await self._loads.champion(bundle, named.version, named.run_id)
            self._refused.pop(model, None)
            self._flip(model, champion, "registry")
            self._roster.update(model, refused=None, error=None)
            await self._store(model, bundle)
            await self._update_history(model)
        except Refused as error:
            self._refused[model] = Refusal.after(self._refused.get(model), named)
            told = f"version {named.version} is not served: {error}"
            self._roster.update(model, refused=named.version, error=told)
            self._failed(model, "refused", error)
        except Unavailable as error:
            self._away.add(model)
            self._roster.update(model, answered=False, error=str(error))
            self._failed(model, "unavailable", error)
        # What nobody foresaw must not go unheard: it is logged, and tried again.
        except Exception as error:  # noqa: BLE001
            self._away.add(model)
            self._unforeseen(model, error)

    async def _fetch(self, model: str, named: RegisteredVersion) -> Bundle:
        try:
            async with asyncio.timeout(self._settings.download_seconds):
                return await self._tracking.bundle(model, named, self._settings.max_model_bytes)
        except TimeoutError:
            raise Unavailable("the bundle did not arrive in time") from None

    def _flip(self, model: str, champion: Champion, origin: str) -> None:
        """From here on, requests are answered by `champion`."""
        entry = self._roster.update(model, champion=champion)
        self._metrics.champion_version.labels(model).set(float(champion.version))
        self._metrics.champion_current.labels(model).set(entry.named == champion.version)
        self._metrics.swaps.labels(model).inc()
        log.info("champion flipped", model=model, version=champion.version, origin=origin)

    async def _update_history(self, model: str) -> None:
        """The card's history is at most `history_seconds` old, or of this champion's flip."""
        entry = self._roster.entry(model)
        read_for, read_at = self._histories.get(model, (None, 0.0))
        fresh = time.monotonic() - read_at < self._settings.history_seconds
        if entry.champion is read_for and fresh:
            return
        aliases, versions = await self._tracking.history(model)
        history = version_cards(versions, aliases)
        self._histories[model] = (entry.champion, time.monotonic())
        self._roster.update(model, aliases=tuple(sorted(aliases.items())), history=history)
        if history != entry.history:
            await self._store(model, None)

    async def _store(self, model: str, bundle: Bundle | None) -> None:
        """The disk cache holds the champion, as far as the disk lets it."""
        entry = self._roster.entry(model)
        assert entry.champion is not None
        pointer = pointer_of(entry, entry.champion)
        try:
            await asyncio.to_thread(self._cache.write, model, pointer, bundle)
        except OSError as error:
            self._failed(model, "cache", error)

    def _unforeseen(self, model: str, error: Exception) -> None:
        self._roster.update(model, error=f"the bundle could not be loaded: {error!r}"[:500])
        self._metrics.refresh_errors.labels(model, "internal").inc()
        log.error("load failed", model=model, exc_info=error)

    def _failed(self, model: str, reason: str, error: Exception) -> None:
        self._metrics.refresh_errors.labels(model, reason).inc()
        log.warning("refresh failed", model=model, reason=reason, error=str(error))


def _key(named: RegisteredVersion) -> Key:
    return named.version, named.tags.get(TAG_MANIFEST_SHA256)
