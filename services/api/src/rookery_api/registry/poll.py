"""The poll: keeps the champions at what the registry says, and never makes them worse.

Each poll reads the specs that changed, and asks the registry for every model's champion. A new one
is loaded beside the one that serves (`load.py`), and no poll waits for that; then one reference is
replaced. Whatever fails leaves what serves as it was, is said in the metrics and on the card, and
is tried again at a later poll.
"""

import asyncio
import random

import structlog

from rookery_api.base.metrics import Metrics
from rookery_api.base.settings import ApiSettings
from rookery_api.registry.backoff import pause
from rookery_api.registry.failures import report_failure
from rookery_api.registry.load import ChampionLoader
from rookery_api.registry.served_models import ServedModels, now
from rookery_api.registry.spec_folder import SpecFolder
from rookery_api.registry.tracking_client import RegisteredVersion, TrackingClient
from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_core.spec.catalog import Catalog

log = structlog.get_logger()


class Poll:
    """Asks the registry, at most `poll_seconds` apart while it answers."""

    def __init__(
        self,
        *,
        settings: ApiSettings,
        specs: SpecFolder,
        models: ServedModels,
        tracking: TrackingClient,
        loader: ChampionLoader,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._specs = specs
        self._models = models
        self._tracking = tracking
        self._loader = loader
        self._metrics = metrics
        self._failures = 0

    async def run(self) -> None:
        """Polls until cancelled."""
        while True:
            try:
                answered = await self.poll()
            # An unexpected error must not stop the polling: it is logged, and tried again.
            except Exception:
                log.exception("look failed")
                self._metrics.refresh_errors.labels("", "internal").inc()
                answered = False
            self._failures = 0 if answered else self._failures + 1
            await asyncio.sleep(pause(self._settings, self._failures, random.random()))  # noqa: S311

    async def poll(self) -> bool:
        """Learns what the registry says of every model, and starts to load every new champion.

        Answers whether the registry answered for every model, and no load lacked what it needs.
        """
        out_of_reach = self._loader.take_out_of_reach()
        try:
            await self._read_specs()
            answers = await asyncio.gather(*(self._ask(model) for model in list(self._models)))
        finally:
            self._loader.update_readiness()
        return all(answers) and not out_of_reach

    async def _read_specs(self) -> None:
        """Takes over the catalog where the folder of specs has changed."""
        try:
            catalog = await asyncio.to_thread(self._specs.changed)
        except RookeryError as error:
            self._models.folder_error = str(error)
            report_failure(self._metrics, "", "catalog", error)
            return
        self._models.folder_error = None
        if catalog is not None:
            await self._adopt(catalog)

    async def _adopt(self, catalog: Catalog) -> None:
        gone = self._models.adopt(catalog)
        for model in gone:
            self._loader.stop(model)
        for model in gone:
            log.info("model left the catalog", model=model)
            self._metrics.forget(model)
            await self._loader.forget(model)
        for model in self._models:
            self._metrics.spec_valid.labels(model).set(model not in catalog.faults)
        for model, fault in (*catalog.faults.items(), *(("", each) for each in catalog.strays)):
            report_failure(self._metrics, model, "catalog", Refused(str(fault)))

    async def _ask(self, model: str) -> bool:
        """Asks which version is the model's champion, and follows; False without an answer."""
        try:
            named = await self._tracking.champion(model)
            self._note_answer(model, named)
            if named is None:
                await self._stay_without_alias(model)
            else:
                await self._follow(model, named)
        except Unavailable as error:
            self._models.update(model, answered=False, error=str(error))
            report_failure(self._metrics, model, "unavailable", error)
            return False
        return True

    def _note_answer(self, model: str, named: RegisteredVersion | None) -> None:
        version = None if named is None else named.version
        found = self._models.update(model, answered=True, checked_at=now(), named=version)
        self._metrics.registry_answered.labels(model).set_to_current_time()
        current = found.champion is not None and found.champion.version == version
        self._metrics.champion_current.labels(model).set(current)

    async def _stay_without_alias(self, model: str) -> None:
        """Lets a champion serve on that the registry does not name any more."""
        self._loader.stop_fetched(model)
        champion = self._models.find(model).champion
        if champion is None:
            await self._loader.stay_without(model)
            return
        error = Refused(
            f"the registry names no champion any more; version {champion.version} serves on"
        )
        self._models.update(model, error=str(error))
        report_failure(self._metrics, model, "alias_missing", error)

    async def _follow(self, model: str, named: RegisteredVersion) -> None:
        """Brings the model to the version that the alias names, or on its way there."""
        if self._loader.is_loading(model, named):
            return
        self._loader.stop(model)
        champion = self._models.find(model).champion
        if champion is not None and (champion.version, champion.manifest_sha256) == named.key:
            await self._loader.stay(model)
        elif self._loader.is_due(model, named):
            self._loader.start(model, named)
