"""What this process serves and knows of one model, and how that is told to callers."""

from dataclasses import dataclass
from datetime import datetime

from rookery_api.cards import State, VersionCard
from rookery_api.champion import Champion
from rookery_core.contract import Contract, contract_of
from rookery_core.spec import ModelSpec


@dataclass(frozen=True)
class Entry:
    """One model."""

    spec: ModelSpec
    champion: Champion | None = None
    checked_at: datetime | None = None
    """The registry's last answer to this process."""
    answered: bool = False
    named: str | None = None
    """The version that the registry's alias names."""
    refused: str | None = None
    """The version whose bundle did not verify when it was last fetched."""
    error: str | None = None
    """Why the registry's champion is not the one served."""
    aliases: tuple[tuple[str, str], ...] = ()
    history: tuple[VersionCard, ...] = ()

    @property
    def state(self) -> State:
        """What the route of this model does."""
        if self.champion is not None:
            return "serving"
        if self.checked_at is None:
            return "registry_unknown"
        if self.named is None:
            return "no_champion"
        return "champion_broken" if self.named == self.refused else "champion_loading"

    @property
    def contract(self) -> Contract:
        """The champion's own; today's spec's while there is none."""
        return contract_of(self.spec) if self.champion is None else self.champion.contract


PENDING: frozenset[State] = frozenset({"registry_unknown", "champion_loading"})
"""There may be a champion that this process does not serve yet."""
WHY: dict[State, str] = {
    "no_champion": "The registry names no champion of this model yet; run its trainer.",
    "champion_broken": "The champion's bundle did not verify; promote another version.",
    "champion_loading": "The champion's bundle has not arrived here yet; try again. If this lasts,"
    " the model's card says what is amiss: look at MLflow and the object store behind it.",
    "registry_unknown": "The registry has not answered yet, and the cache holds no champion.",
}
