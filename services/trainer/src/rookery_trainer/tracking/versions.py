"""Model versions as values: how the ledger names one, and what the registry says of it."""

from collections.abc import Mapping
from dataclasses import dataclass

TAG_SCHEME = "rookery.scheme"
"""How the sides of the rows were dealt from which the version was trained; only of `spec: 2`."""


@dataclass(frozen=True)
class Version:
    """A model version as the ledger knows it: the number, and the sweep that it came from."""

    number: int
    sweep_id: str


@dataclass(frozen=True)
class RegisteredVersion:
    """A version that exists in the registry."""

    version: Version
    run_id: str
    model_id: str
    """The logged model; empty where the version was made without one."""
    created_at: int
    """Milliseconds since 1970, UTC."""
    tags: Mapping[str, str]
