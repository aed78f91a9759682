"""The history of a model: the registry's versions and the decisions in their tags."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from pydantic import JsonValue

from rookery_api.base.cards import VersionCard
from rookery_api.registry.tracking_client import RegisteredVersion
from rookery_core.registry_names import (
    TAG_BARRED,
    TAG_DECISION,
    TAG_EPOCH,
    TAG_EVIDENCE,
    TAG_PROMOTED_AT,
)


def version_cards(
    versions: Iterable[RegisteredVersion], aliases: Mapping[str, str]
) -> tuple[VersionCard, ...]:
    """Makes the cards of `versions`, in their order."""
    return tuple(_card(version, aliases) for version in versions)


def _card(version: RegisteredVersion, aliases: Mapping[str, str]) -> VersionCard:
    tags = version.tags
    epoch = tags.get(TAG_EPOCH, "")
    created = datetime.fromtimestamp(version.created_at / 1000, UTC)
    return VersionCard(
        version=version.version,
        run_id=version.run_id,
        aliases=sorted(alias for alias, named in aliases.items() if named == version.version),
        created_at=created.isoformat(timespec="seconds") if version.created_at else None,
        decision=tags.get(TAG_DECISION),
        promoted_at=tags.get(TAG_PROMOTED_AT),
        epoch=int(epoch) if epoch.isdecimal() else None,
        barred=TAG_BARRED in tags,
        evidence=_evidence(tags.get(TAG_EVIDENCE)),
    )


def _evidence(text: str | None) -> dict[str, JsonValue] | None:
    """Reads the evidence where it is a JSON object of finite numbers: anyone may write tags."""
    try:
        value = json.loads(text or "null")
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
