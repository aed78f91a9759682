"""A served model: what this process serves and knows of one model, and what callers are told."""

from dataclasses import dataclass
from datetime import datetime

from rookery_api.base.cards import State, VersionCard
from rookery_api.registry.champion import Champion
from rookery_core.contract import Contract, contract_of
from rookery_core.spec.model_spec import ModelSpec


@dataclass(frozen=True)
class ServedModel:
    """One model."""

    spec: ModelSpec | None
    """The last valid spec; None where there has been none."""
    spec_error: str | None = None
    """Why today's spec is not valid."""
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
        """Whether the model's route answers predictions, and if not, why not."""
        if self.champion is not None:
            return "serving"
        return "spec_invalid" if self.spec_error else self._registry_state

    @property
    def pending(self) -> State | None:
        """The state, if another poll may bring a champion; None if it won't."""
        awaited = self.champion is None and self._registry_state in PENDING
        return self._registry_state if awaited else None

    @property
    def _registry_state(self) -> State:
        if self.checked_at is None:
            return "registry_unknown"
        if self.named is None:
            return "no_champion"
        return "champion_broken" if self.named == self.refused else "champion_loading"

    @property
    def contract(self) -> Contract | None:
        """The champion's own; the spec's while there is none; None where there is none either."""
        if self.champion is not None:
            return self.champion.contract
        return None if self.spec is None else contract_of(self.spec)

    @property
    def why(self) -> str:
        """Why the model's route answers no predictions, and what to do."""
        if self.state == "spec_invalid":
            return f"The model's spec is not valid: {self.spec_error}"
        if self.state == "no_champion" and (rejection := self.rejection):
            return (
                f"The registry names no champion of this model yet: {rejection}. "
                "Mend what the rule found, and run its trainer again."
            )
        return WHY[self.state]

    @property
    def rejection(self) -> str | None:
        """What the gate said of the newest version, where it rejected that one."""
        newest = self.history[0] if self.history else None
        if newest is None or newest.decision != REJECTED or newest.evidence is None:
            return None
        reason = newest.evidence.get("reason")
        # Anyone may write tags.
        if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
            return None
        return f"version {newest.version} was {reason}"


REJECTED = "rejected"
LONGEST_REASON = 1_000
PENDING: frozenset[State] = frozenset({"registry_unknown", "champion_loading"})
"""There may be a champion that this process does not serve yet."""
WHY: dict[State, str] = {
    "no_champion": "The registry names no champion of this model yet; run its trainer.",
    "champion_broken": "The champion's bundle did not verify; promote another version.",
    "champion_loading": "The champion's bundle has not arrived here yet; try again. If this lasts,"
    " the model's card says what is amiss: look at MLflow and the object store behind it.",
    "registry_unknown": "The registry has not answered yet, and the cache holds no champion.",
}
