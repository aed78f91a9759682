"""The roster: for each model of the catalog, what this process serves and knows of the registry.

The refresher writes it and requests read it, both on the event loop. A model's entry is replaced
as a whole, so a request that took one keeps one version from its first line to its last.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rookery_api.base.cards import ChampionCard, ModelCard, RegistryCard, State
from rookery_api.base.problems import Problem, unknown_model
from rookery_api.registry.cache import CachedChampion
from rookery_api.registry.champion import Champion
from rookery_api.registry.served_model import Entry
from rookery_core.catalog import Catalog

MAX_COMPLAINTS = 5
"""The most sentences about the folder of specs that the list of models repeats."""


class Roster:
    """Every model by name; `revision` grows with each change that a document would show."""

    def __init__(self, catalog: Catalog, default_model: str, retry_after: int) -> None:
        self._entries = _entries(catalog, {})
        self._default = default_model
        self._retry_after = str(retry_after)
        self._complaints = catalog.complaints
        self.folder_error: str | None = None
        """Why the folder of specs can't be read; the models before that are served on."""
        self._settled = False
        self.draining = False
        """Whether the process is about to end."""
        self.revision = 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __contains__(self, model: object) -> bool:
        return model in self._entries

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
        if self._settled or not pending:
            return None
        return "registry_unknown" if "registry_unknown" in pending else "champion_loading"

    def settle(self) -> None:
        """What readiness is until the next look ends: the cache was read, or a look has ended.

        A process that serves a champion is ready whatever else is pending; one that serves none is
        not, and what a look is about to load makes it so only once the look has failed to.
        """
        serving = any(entry.champion is not None for entry in self._entries.values())
        self._settled = serving or not self._pending()

    def _pending(self) -> frozenset[State]:
        """The states of models that another look may make serve."""
        return frozenset(filter(None, (entry.pending for entry in self._entries.values())))

    def entry(self, model: str) -> Entry:
        """The model's entry; a 404 problem where the catalog has none."""
        try:
            return self._entries[model]
        except KeyError:
            raise unknown_model() from None

    def champion(self, model: str) -> Champion:
        """The version that answers now; a 404 problem for no such model, 503 for no champion."""
        entry = self.entry(model)
        if entry.champion is None:
            headers = {"Retry-After": self._retry_after}
            raise Problem(503, entry.state, entry.why, headers=headers)
        return entry.champion

    def update(self, model: str, **changes: Any) -> Entry:
        """The model's entry with `changes`; whoever asks from now on gets it."""
        before = self._entries[model]
        after = replace(before, **changes)
        self._entries[model] = after
        if after.champion is not before.champion:
            self.revision += 1
        return after

    def adopt(self, catalog: Catalog) -> list[str]:
        """The roster holds the catalog's models and no others; answers the names that went.

        One whose spec is not valid any more keeps its last one, and the champion that it serves.
        """
        before = self._entries
        self._entries = _entries(catalog, before)
        self._complaints = catalog.complaints
        if self._entries != before:
            self.revision += 1
        return [name for name in before if name not in self._entries]

    def card(self, model: str) -> ModelCard:
        """What `/models/{model}` says; a 404 problem where the catalog has none."""
        entry = self.entry(model)
        contract = entry.contract
        return ModelCard(
            name=model,
            title=contract.title if contract else model,
            description=contract.description if contract else "",
            state=entry.state,
            default=model == self._default,
            contract=contract,
            spec_error=entry.spec_error,
            champion=entry.champion and champion_card(entry.champion),
            aliases=dict(entry.aliases),
            history=list(entry.history),
            registry=RegistryCard(
                answered=entry.answered,
                checked_at=entry.checked_at and entry.checked_at.isoformat(timespec="seconds"),
                champion_version=entry.named,
                error=entry.error,
            ),
        )

    @property
    def catalog_error(self) -> str | None:
        """What `/models` says is amiss with the spec folder."""
        return self.folder_error or "; ".join(self._complaints[:MAX_COMPLAINTS]) or None


def _entries(catalog: Catalog, before: Mapping[str, Entry]) -> dict[str, Entry]:
    """What is known of the catalog's models, with the specs of now."""
    found = {}
    for name in catalog.models:
        entry, fault = before.get(name, Entry(None)), catalog.faults.get(name)
        spec = entry.spec if fault else catalog[name]
        found[name] = replace(entry, spec=spec, spec_error=str(fault) if fault else None)
    return found


def champion_card(champion: Champion) -> ChampionCard:
    """What the cards say of a champion."""
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
        training_rows=manifest.training_rows,
        holdout_rows=manifest.holdout_rows,
        trained_at=manifest.trained_at,
        loaded_at=champion.loaded_at,
    )


def pointer_of(entry: Entry, champion: Champion) -> CachedChampion:
    """What the disk cache keeps of an entry."""
    return CachedChampion(
        version=champion.version,
        run_id=champion.run_id,
        manifest_sha256=champion.manifest_sha256,
        aliases=dict(entry.aliases),
        history=list(entry.history),
    )


def now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)
