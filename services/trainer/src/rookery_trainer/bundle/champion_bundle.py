"""The champion's bundle, as it was read back."""

from dataclasses import dataclass

from rookery_core.manifest import Manifest


@dataclass(frozen=True)
class ChampionBundle:
    """The version that is served: its bundle's two files, read back."""

    version: str
    manifest: Manifest
    model: bytes
