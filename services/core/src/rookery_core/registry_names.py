"""Names in MLflow's registry and tracking store: aliases, tags, addresses."""

from collections.abc import Mapping

CHAMPION = "champion"
"""The alias of the version that is served."""
PREVIOUS = "previous"
"""The alias of the version that a rollback serves."""

# Tags of a model version.
TAG_BUNDLE = "rookery.bundle"
"""The bundle's folder below the server's proxied artifact root, e.g. `3/<run>/artifacts/bundle`."""
TAG_MANIFEST_SHA256 = "rookery.manifest_sha256"
TAG_DATA_DIGEST = "rookery.data_digest"
TAG_SPEC_DIGEST = "rookery.spec_digest"
TAG_THRESHOLD = "rookery.threshold"
"""JSON: the positive class, and its probability from which it is answered; only of a version whose
spec has a `decision`."""
TAG_DECISION = "rookery.decision"
"""`promoted`, `rejected` or `rolled back`."""
TAG_EVIDENCE = "rookery.evidence"
"""JSON: the gate's rule and figures."""
TAG_EPOCH = "rookery.epoch"
"""The ledger's epoch of the promotion, as decimal text."""
TAG_PROMOTED_AT = "rookery.promoted_at"
"""UTC, ISO 8601."""
TAG_BARRED = "rookery.barred"
"""Present on a version that was rolled back: it is never promoted automatically again."""

# Tags of a run.
TAG_SWEEP = "rookery.sweep_id"
TAG_TRIAL = "rookery.trial"
"""The trial's index in its sweep, `0` to `trials - 1`."""
TAG_ORDINAL = "rookery.sweep_ordinal"


def is_of(tags: Mapping[str, str], spec_digest: str, data_digest: str | None) -> bool:
    """Says whether the version with these tags was trained by that spec on that data."""
    wanted = {TAG_SPEC_DIGEST: spec_digest, TAG_DATA_DIGEST: data_digest}
    return wanted.items() <= tags.items()


def champion_uri(model: str) -> str:
    """Returns the address of a model's champion for plain MLflow clients."""
    return f"models:/{model}@{CHAMPION}"
