"""Tags that say what became of a version, for readers who do not see the ledger."""

import json
from collections.abc import Mapping

from rookery_core.database.ledger import ROLLBACK
from rookery_core.registry_names import (
    TAG_BARRED,
    TAG_DECISION,
    TAG_EPOCH,
    TAG_EVIDENCE,
    TAG_PROMOTED_AT,
)
from rookery_trainer.gate.decision import Decision
from rookery_trainer.gate.evidence import plain
from rookery_trainer.promotion.entries import Entries
from rookery_trainer.tracking.model_registry import ModelRegistry
from rookery_trainer.tracking.versions import RegisteredVersion, Version

PROMOTED = "promoted"
REJECTED = "rejected"
ROLLED_BACK = "rolled back"

LONGEST = 8000
"""Characters that MLflow keeps of a run's tag."""


def sync_tags(
    registry: ModelRegistry, entries: Entries, versions: Mapping[int, RegisteredVersion]
) -> None:
    """Writes into the tags of every version what the ledger says of it."""
    for number, found in versions.items():
        wanted = tags_of(entries, found.version)
        differing = {key: value for key, value in wanted.items() if found.tags.get(key) != value}
        registry.tag_version(number, differing)
        if TAG_BARRED in found.tags and TAG_BARRED not in wanted:
            registry.untag_version(number, TAG_BARRED)


def tags_of(entries: Entries, version: Version) -> dict[str, str]:
    """Makes the tags of a version; none where the ledger does not know it."""
    if (rejection := entries.rejection(version.sweep_id)) and rejection.version == version:
        return decision_tags(REJECTED, rejection.decision)
    made = [
        intent
        for intent in entries.committed
        if intent.change.version == version and intent.change.kind != ROLLBACK
    ]
    if not made:
        return {}
    last = made[-1]
    tags = {
        **decision_tags(PROMOTED, last.change.decision),
        TAG_EPOCH: str(last.epoch),
        TAG_PROMOTED_AT: last.recorded_at.isoformat(),
    }
    if version in entries.barred:
        bar = next(bar for bar in reversed(entries.bars) if bar.version == version)
        tags |= {TAG_DECISION: ROLLED_BACK, TAG_BARRED: f"epoch {bar.epoch}: {bar.reason}"}
    return tags


def decision_tags(outcome: str, decision: Decision) -> dict[str, str]:
    """Makes the tags of an outcome and its evidence, for a version or a run."""
    return {TAG_DECISION: outcome, TAG_EVIDENCE: _text(decision)}


def _text(decision: Decision) -> str:
    """Writes the decision as JSON; without its long lists where that is too long for a tag."""
    said = {"rule": decision.rule, "reason": decision.reason}
    whole = json.dumps({**said, "evidence": plain(decision.evidence)}, sort_keys=True)
    if len(whole) <= LONGEST:
        return whole
    scalars = {
        k: v for k, v in decision.evidence.items() if not isinstance(v, list | tuple | Mapping)
    }
    return json.dumps({**said, "evidence": plain(scalars), "shortened": True}, sort_keys=True)
