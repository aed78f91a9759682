"""The plan of retention: decides which sweeps may go, and why the others stay. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from rookery_core.errors import Unavailable
from rookery_core.registry_names import TAG_BUNDLE
from rookery_trainer.promotion.entries import DesiredAliases, Entries
from rookery_trainer.tracking.artifact_address import artifact_path
from rookery_trainer.tracking.versions import RegisteredVersion

DAY = 86_400_000
"""Milliseconds."""


class Stays(Unavailable):
    """A sweep that was to go cannot go now; the others can."""


@dataclass(frozen=True)
class RowsRead:
    """Which rows a sweep has read."""

    watermark: int | None
    """The last batch of them; None where nobody recorded it."""
    data_digest: str | None
    """Their content digest."""


@dataclass(frozen=True)
class StoredRun:
    """A run of a sweep, in MLflow's trash or not."""

    run_id: str
    sweep_id: str
    running: bool
    deleted: bool
    last_seen: int
    """When it ended, or began where it did not; milliseconds since 1970."""
    artifacts: str
    """The address of its artifacts."""
    inputs: "RowsRead | None" = None
    """Which rows its sweep has read; only a parent run says it."""


@dataclass(frozen=True)
class StoredModel:
    """A logged model of a run, in MLflow's trash or not."""

    model_id: str
    run_id: str
    deleted: bool
    artifacts: str


@dataclass(frozen=True)
class Facts:
    """What there is of one model."""

    experiment_id: str
    versions: Mapping[int, RegisteredVersion]
    aliases: Mapping[str, int]
    entries: Entries
    desired: DesiredAliases
    runs: tuple[StoredRun, ...]
    logged_models: tuple[StoredModel, ...]
    named_elsewhere: frozenset[str]
    """Runs and logged models that versions of other registered models come from."""


@dataclass(frozen=True)
class RetentionRules:
    """What stays: the newest versions, and whatever is younger than an age in milliseconds."""

    keep_versions: int
    min_age: int


@dataclass(frozen=True)
class Removal:
    """A sweep that goes, with all that came of it."""

    sweep_id: str
    versions: tuple[int, ...]
    runs: tuple[StoredRun, ...]
    logged_models: tuple[StoredModel, ...]


@dataclass(frozen=True)
class Plan:
    """What goes, what stays and why; a doubt keeps a sweep too."""

    removals: tuple[Removal, ...]
    kept: Mapping[str, str]
    """Reason by sweep."""
    doubts: tuple[str, ...]


def plan(facts: Facts, rules: RetentionRules, now: int) -> Plan:
    """Decides for each sweep: it stays for a reason, or because of a doubt, or it goes whole."""
    kept = _kept(facts, rules, now)
    removals: list[Removal] = []
    doubts = without_sweep(facts)
    for sweep_id in sweeps(facts):
        if sweep_id in kept:
            continue
        removal = removal_of(facts, sweep_id)
        reasons = doubts_of(facts, removal)
        doubts += [f"sweep {sweep_id} stays: {reason}" for reason in reasons]
        if not reasons:
            removals.append(removal)
    return Plan(tuple(removals), kept, tuple(doubts))


def _kept(facts: Facts, rules: RetentionRules, now: int) -> dict[str, str]:
    """Finds the reasons why sweeps stay; of several reasons, the strongest."""
    kept: dict[str, str] = {}
    seen = [(run.sweep_id, run.last_seen) for run in facts.runs]
    made = [(each.version.sweep_id, each.created_at) for each in facts.versions.values()]
    for sweep_id, moment in (*seen, *made):
        if now - moment < rules.min_age:
            kept[sweep_id] = "younger than the minimum age"
    for number in sorted(facts.versions)[-rules.keep_versions :]:
        kept[facts.versions[number].version.sweep_id] = f"version {number} is among the newest"
    kept |= {run.sweep_id: "a run of it is not over" for run in facts.runs if run.running}
    kept |= _named(facts)
    # Versions of other programs have no sweep: they are no reason to keep one.
    kept.pop("", None)
    return kept


def _named(facts: Facts) -> dict[str, str]:
    """Finds the sweeps whose version an alias or the ledger names."""
    intent = facts.entries.open
    desired = (facts.desired.champion, facts.desired.previous)
    ledger = {
        version.sweep_id: f"version {version.number} is in the ledger's hands"
        for version in (*desired, intent.change.version if intent else None)
        if version
    }
    aliases = {
        facts.versions[number].version.sweep_id: f"version {number} is {alias!r}"
        for alias, number in facts.aliases.items()
        if number in facts.versions
    }
    return ledger | aliases


def without_sweep(facts: Facts) -> list[str]:
    """Lists the versions that no sweep has made."""
    return [
        f"version {number} has no sweep, so another program made it: left alone"
        for number, version in facts.versions.items()
        if not version.version.sweep_id
    ]


def sweeps(facts: Facts) -> list[str]:
    """Lists every sweep of which a run or a version is there."""
    versions = {each.version.sweep_id for each in facts.versions.values()} - {""}
    return sorted({run.sweep_id for run in facts.runs} | versions)


def removal_of(facts: Facts, sweep_id: str) -> Removal:
    """Collects all that came of a sweep."""
    runs = tuple(run for run in facts.runs if run.sweep_id == sweep_id)
    ids = {run.run_id for run in runs}
    return Removal(
        sweep_id,
        tuple(n for n, each in facts.versions.items() if each.version.sweep_id == sweep_id),
        runs,
        tuple(model for model in facts.logged_models if model.run_id in ids),
    )


def doubts_of(facts: Facts, removal: Removal) -> list[str]:
    """Lists what speaks against the removal, although no rule keeps the sweep."""
    ids = {run.run_id for run in removal.runs} | {m.model_id for m in removal.logged_models}
    reasons = [f"{each} is registered elsewhere" for each in sorted(ids & facts.named_elsewhere)]
    for number, version in facts.versions.items():
        # A version that stays keeps its run and its model, whichever sweep those belong to.
        if number in removal.versions:
            continue
        bundle = set(version.tags.get(TAG_BUNDLE, "").split("/"))
        if ids & {version.run_id, version.model_id, *bundle}:
            reasons.append(f"version {number}, which stays, comes from it")
    for run in removal.runs:
        if artifact_path(run.artifacts) != f"{facts.experiment_id}/{run.run_id}/artifacts":
            reasons.append(f"the artifacts of run {run.run_id} lie at {run.artifacts}")
    for model in removal.logged_models:
        place = f"{facts.experiment_id}/models/{model.model_id}/artifacts"
        if artifact_path(model.artifacts) != place:
            reasons.append(f"the artifacts of {model.model_id} lie at {model.artifacts}")
    return reasons
