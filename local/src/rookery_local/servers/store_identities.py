"""Who has a key to the embedded object store, and what it opens, as SeaweedFS reads it."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

BUCKET = "mlflow"
SNAPSHOTS = "snapshots"
"""The trainer's bucket, for the rows of batches."""
ROOT = "root"
ALL = ("Admin", "Read", "Write", "List", "Tagging")
BUCKETS: Mapping[str, tuple[str, ...]] = {
    "mlflow": (BUCKET,),
    "trainer": (SNAPSHOTS,),
    "retention": (BUCKET, SNAPSHOTS),
}
"""By program, the buckets in which its key reads, writes and removes."""


@dataclass(frozen=True)
class S3Keys:
    """A key pair of the object store; its access key is as random as its secret key."""

    access_key: SecretStr
    secret_key: SecretStr

    def of(self, user: str) -> "S3Keys":
        """Derives the pair of one of `BUCKETS` from this first one, which can't be told from it."""
        return S3Keys(self._derived(f"access {user}", 20), self._derived(f"secret {user}", 40))

    def _derived(self, name: str, digits: int) -> SecretStr:
        key = self.secret_key.get_secret_value().encode()
        return SecretStr(hmac.digest(key, name.encode(), "sha256").hex()[:digits])


def identities(first: S3Keys) -> str:
    """Describes to SeaweedFS who may do what: the first key all, each of `BUCKETS` its own."""
    actions = {
        user: [f"{action}:{bucket}" for bucket in buckets for action in ("Read", "Write", "List")]
        for user, buckets in BUCKETS.items()
    }
    whole = [_identity(ROOT, first, list(ALL))]
    return json.dumps(
        {"identities": [*whole, *(_identity(u, first.of(u), may) for u, may in actions.items())]}
    )


def _identity(name: str, keys: S3Keys, actions: list[str]) -> dict[str, object]:
    pair = {
        "accessKey": keys.access_key.get_secret_value(),
        "secretKey": keys.secret_key.get_secret_value(),
    }
    return {"name": name, "credentials": [pair], "actions": actions}
