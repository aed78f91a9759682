"""Cards: what `/models` and `/models/{model}` say of a model, for people and for the page."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from rookery_core.contract import Contract

State = Literal[
    "serving",
    "no_champion",
    "champion_loading",
    "champion_broken",
    "registry_unknown",
    "spec_invalid",
]
"""`serving`: predictions are answered. `no_champion`: the registry names none yet.
`champion_loading`: its bundle has not arrived yet and no earlier one is loaded.
`champion_broken`: its bundle did not verify and no earlier one is loaded.
`registry_unknown`: the registry has not answered this process yet and the cache is empty.
`spec_invalid`: the model's spec is not valid, and no champion of it is loaded."""


class _Card(BaseModel):
    model_config = ConfigDict(frozen=True)


class ThresholdCard(_Card):
    """From which probability on the positive one of two classes is answered."""

    positive: str
    """The positive class."""
    value: float
    """The probability; above 1 where no row is answered as positive."""


class ChampionCard(_Card):
    """The model version that answers predictions now."""

    version: str
    """The version in MLflow's registry."""
    run_id: str
    """The MLflow run that trained it."""
    data_digest: str
    """The content digest of the rows it was trained from."""
    manifest_sha256: str
    estimator: str
    parameters: dict[str, bool | int | float | str | None]
    metrics: dict[str, float]
    """Hold-out metrics by name."""
    metric: str
    """The headline among the metrics."""
    threshold: ThresholdCard | None
    """By which labels are answered; null where the more probable class is."""
    training_rows: int
    search_rows: int
    """Training rows on which configurations were compared: all, or a sample of very many."""
    holdout_rows: int
    trained_at: str
    """UTC, ISO 8601."""
    loaded_at: str
    """When this process began to serve it; UTC, ISO 8601."""


class VersionCard(_Card):
    """One version of the registry, newest first in a history."""

    version: str
    run_id: str
    aliases: list[str]
    created_at: str | None
    """UTC, ISO 8601."""
    decision: str | None
    """`promoted`, `rejected` or `rolled back`; null where the version carries no decision."""
    promoted_at: str | None
    """UTC, ISO 8601."""
    epoch: int | None
    """The ledger's epoch of the promotion."""
    barred: bool
    """Whether the version was rolled back and is never promoted automatically again."""
    evidence: dict[str, JsonValue] | None
    """The gate's rule and figures."""


class RegistryCard(_Card):
    """What this process knows of the registry."""

    answered: bool
    """Whether the last question about this model was answered."""
    checked_at: str | None
    """The last answer; UTC, ISO 8601. Null before the first."""
    champion_version: str | None
    """The version that the alias `champion` names; null where there is none."""
    error: str | None
    """Why the registry's champion is not the one served; null where all is well."""


class ModelCard(_Card):
    """One model of the catalog."""

    name: str
    title: str
    description: str
    state: State
    default: bool
    """Whether `/invocations` without a name means this model."""
    contract: Contract | None
    """The champion's own contract; today's spec's while there is no champion; null where there has
    been no valid spec either."""
    spec_error: str | None
    """Why the model's spec is not valid; null where it is. A champion is served all the same."""
    champion: ChampionCard | None
    aliases: dict[str, str]
    """Alias to version, e.g. `{"champion": "3", "previous": "2"}`."""
    history: list[VersionCard]
    """The registry's versions, newest first."""
    registry: RegistryCard


class ModelList(_Card):
    """Every model of the catalog, by name."""

    models: list[ModelCard]
    catalog_error: str | None
    """What is wrong in the folder of specs; every other model is as if that were not there."""
