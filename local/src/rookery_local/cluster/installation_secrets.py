"""The Secrets of an installation whose chart is rendered without the cluster, as GitOps tools do.

The chart would draw other passwords at each rendering. So they are drawn once, here, and values
point to them.
"""

import base64
import secrets
import string
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from rookery_core.database.names import LOGIN_ROLES
from rookery_ingest.bootstrap.store_rights import USERS
from rookery_local.cluster.namespace import Namespace, NotThere, Object

Values = Mapping[str, str]

LENGTHS = {"access-key": 20, "secret-key": 40}
"""Of the store's keys; all else has 32 characters, as the chart draws it."""
KEYS: Mapping[str, tuple[str, ...]] = {
    "postgresql": ("postgres", *LOGIN_ROLES),
    "s3": tuple(
        f"{user}{kind}" for user in ("", *(f"{each}-" for each in USERS)) for kind in LENGTHS
    ),
    "mlflow-auth": (
        *("admin-password", "trainer-password", "api-password", "notebook-password"),
        "flask-secret-key",
    ),
    "api": ("api-key",),
    "notebook": ("token",),
}
"""By the name that the chart itself gives to a Secret, the keys that it draws for it."""
TAKEN_OVER = {"api": ("keys",)}
"""Keys that a Secret of the chart may have too: those that are there are taken over."""
LABELS = {"app.kubernetes.io/part-of": "rookery"}
ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class InstallationSecret:
    """One Secret of an installation."""

    name: str
    values: Values
    added: tuple[str, ...]
    """The keys of those values that the cluster's Secret does not have yet."""
    is_new: bool
    """Whether the cluster has no Secret of that name."""

    def manifest(self, namespace: str | None) -> Object:
        """Describes it as an object for a file, which names no namespace where none is given."""
        place = {"namespace": namespace} if namespace else {}
        data = {key: base64.b64encode(each.encode()).decode() for key, each in self.values.items()}
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": self.name, **place, "labels": dict(LABELS)},
            "type": "Opaque",
            "data": data,
        }


def planned(namespace: Namespace | None, prefix: str) -> list[InstallationSecret]:
    """Plans the Secrets, named PREFIX-postgresql and so on; without a namespace, all are new.

    A value is what the Secret has, else what the chart's own Secret has, so that a release that
    runs keeps its passwords; else random.
    """
    made = []
    for own, keys in KEYS.items():
        name = f"{prefix}-{own}"
        held = _held(namespace, name)
        of_chart = _held(namespace, own) or {}
        drawn = {key: of_chart.get(key) or _random(key) for key in keys}
        others = {key: of_chart[key] for key in TAKEN_OVER.get(own, ()) if key in of_chart}
        values = {**drawn, **others, **{key: value for key, value in (held or {}).items() if value}}
        missing = tuple(key for key in values if not (held or {}).get(key))
        made.append(InstallationSecret(name, values, missing, held is None))
    return made


def write(namespace: Namespace, secret: InstallationSecret) -> None:
    """Creates the Secret, or adds to it what it lacks; nothing that is there changes."""
    if secret.is_new:
        namespace.create_secret(secret.name, secret.values, LABELS)
    elif secret.added:
        added = {key: secret.values[key] for key in secret.added}
        namespace.add_to_secret(secret.name, added)


def pointing_values(prefix: str) -> dict[str, object]:
    """Makes the values of the chart that point to these Secrets."""
    names = {own: f"{prefix}-{own}" for own in KEYS}
    return {
        "global": {
            "postgresql": {"existingSecret": names["postgresql"]},
            "s3": {"existingSecret": names["s3"], "credentials": "each"},
            "mlflow": {"auth": {"existingSecret": names["mlflow-auth"]}},
        },
        "api": {"existingSecret": names["api"]},
        "notebook": {"existingSecret": names["notebook"]},
    }


def _held(namespace: Namespace | None, name: str) -> Values | None:
    if namespace is not None:
        with suppress(NotThere):
            return namespace.secret(name)
    return None


def _random(key: str) -> str:
    # `flask-secret-key` ends as a key of the store does, and is no worse for it.
    length = next((count for kind, count in LENGTHS.items() if key.endswith(kind)), 32)
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
