"""The bundle of the champion, read back from MLflow."""

from dataclasses import dataclass

from rookery_core.manifest import Manifest


@dataclass(frozen=True)
class ChampionBundle:
    """The two files of the bundle of the version that serves."""

    version: str
    manifest: Manifest
    model: bytes
    watermark: int | None = None
    """The batch as of which it was trained; None where that is not recorded."""
    scheme: int | None = None
    """How the sides of its rows were dealt; None of a first version."""
    must_go: bool = False
    """Whether its sweep read a row that was forgotten since."""
