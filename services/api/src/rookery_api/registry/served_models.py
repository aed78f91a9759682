"""The served models: for each model of the catalog, what this process serves and knows of it.

The poll and the loads write them and requests read them, both on the event loop. A model is
replaced as a whole, so a request that took one keeps one version from its first line to its last.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rookery_api.base.cards import (
    ChampionCard,
    ModelCard,
    RegistryCard,
    State,
    ThresholdCard,
)
from rookery_api.base.problems import Problem, unknown_model
from rookery_api.registry.cache import CachedChampion
from rookery_api.registry.champion import Champion
from rookery_api.registry.served_model import ServedModel
from rookery_core.manifest import Manifest
from rookery_core.spec.catalog import Catalog

MAX_COMPLAINTS = 5
"""The most sentences about the folder of specs that the list of models repeats."""


class ServedModels:
    """Every model by name; `revision` grows with each change that a document would show."""

    def __init__(self, catalog: Catalog, default_model: str, retry_after: int) -> None:
        self._by_name = _models_of(catalog, {})
        self._default = default_model
        self._retry_after = str(retry_after)
        self._complaints = catalog.complaints
        self.folder_error: str | None = None
        """Why the folder of specs can't be read; the models before that are served on."""
        self._ready = False
        """What the last call of `update_readiness` found."""
        self.draining = False
        """Whether the process is about to end."""
        self.revision = 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __contains__(self, model: object) -> bool:
        return model in self._by_name

    @property
    def default_model(self) -> str:
        """The model that requests without a name mean."""
        return self._default

    @property
    def ready(self) -> bool:
        """Whether this process belongs behind the Service."""
        return self.unready is None

    @property
    def unready(self) -> str | None:
        """The reason why this process does not belong behind the Service; None where it does."""
        if self.draining:
            return "draining"
        pending = self._pending()
        if self._ready or not pending:
            return None
        return "registry_unknown" if "registry_unknown" in pending else "champion_loading"

    def update_readiness(self) -> None:
        """Decides what readiness is until the next call, when a poll or a load has ended.

        A process that serves a champion is ready whatever else is pending. One that serves none is
        not ready while a champion is pending: not when its load begins, but once it has failed.
        """
        serving = any(model.champion is not None for model in self._by_name.values())
        self._ready = serving or not self._pending()

    def _pending(self) -> frozenset[State]:
        """Lists the states of models that another poll may make serve."""
        return frozenset(filter(None, (model.pending for model in self._by_name.values())))

    def find(self, model: str) -> ServedModel:
        """Finds the model by its name; a 404 problem where the catalog has none."""
        try:
            return self._by_name[model]
        except KeyError:
            raise unknown_model() from None

    def champion(self, model: str) -> Champion:
        """Finds the version that answers now; a 404 problem for no such model, 503 for none."""
        found = self.find(model)
        if found.champion is None:
            headers = {"Retry-After": self._retry_after}
            raise Problem(503, found.state, found.why, headers=headers)
        return found.champion

    def update(self, model: str, **changes: Any) -> ServedModel:
        """Replaces the model by one with `changes`; later requests get the new one."""
        before = self._by_name[model]
        after = replace(before, **changes)
        self._by_name[model] = after
        if after.champion is not before.champion:
            self.revision += 1
        return after

    def adopt(self, catalog: Catalog) -> list[str]:
        """Takes over the catalog's models and no others; answers the names that went.

        One whose spec is not valid any more keeps its last one, and the champion that it serves.
        """
        before = self._by_name
        self._by_name = _models_of(catalog, before)
        self._complaints = catalog.complaints
        if self._by_name != before:
            self.revision += 1
        return [name for name in before if name not in self._by_name]

    def card(self, model: str) -> ModelCard:
        """Makes what `/models/{model}` says; a 404 problem where the catalog has none."""
        found = self.find(model)
        contract = found.contract
        return ModelCard(
            name=model,
            title=contract.title if contract else model,
            description=contract.description if contract else "",
            state=found.state,
            default=model == self._default,
            contract=contract,
            spec_error=found.spec_error,
            champion=found.champion and champion_card(found.champion),
            aliases=dict(found.aliases),
            history=list(found.history),
            registry=RegistryCard(
                answered=found.answered,
                checked_at=found.checked_at and found.checked_at.isoformat(timespec="seconds"),
                champion_version=found.named,
                error=found.error,
            ),
        )

    @property
    def catalog_error(self) -> str | None:
        """What `/models` says is wrong with the folder of specs."""
        return self.folder_error or "; ".join(self._complaints[:MAX_COMPLAINTS]) or None


def _models_of(catalog: Catalog, before: Mapping[str, ServedModel]) -> dict[str, ServedModel]:
    """Keeps what is known of the catalog's models, with today's specs."""
    models = {}
    for name in catalog.models:
        model, fault = before.get(name, ServedModel(None)), catalog.faults.get(name)
        spec = model.spec if fault else catalog[name]
        models[name] = replace(model, spec=spec, spec_error=str(fault) if fault else None)
    return models


def champion_card(champion: Champion) -> ChampionCard:
    """Makes what the cards say of a champion."""
    manifest = champion.manifest
    return ChampionCard(
        version=champion.version,
        run_id=champion.run_id,
        data_digest=manifest.data_digest,
        manifest_sha256=champion.manifest_sha256,
        estimator=manifest.estimator,
        parameters=manifest.parameters,
        metrics=manifest.metrics,
        metric=manifest.metric,
        threshold=_threshold_card(manifest),
        training_rows=manifest.training_rows,
        search_rows=manifest.search_rows or manifest.training_rows,
        holdout_rows=manifest.holdout_rows,
        trained_at=manifest.trained_at,
        loaded_at=champion.loaded_at,
    )


def _threshold_card(manifest: Manifest) -> ThresholdCard | None:
    found = manifest.threshold
    return ThresholdCard(positive=found.positive, value=found.value) if found else None


def pointer_of(model: ServedModel, champion: Champion) -> CachedChampion:
    """Makes what the disk cache keeps of a model beside its bundle."""
    return CachedChampion(
        version=champion.version,
        run_id=champion.run_id,
        manifest_sha256=champion.manifest_sha256,
        aliases=dict(model.aliases),
        history=list(model.history),
    )


def now() -> datetime:
    """Answers the time, UTC."""
    return datetime.now(UTC)
