"""Images that are used like well-known ones, made from packages and labelled as stand-ins."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.airgap import roots
from tools.airgap.roots import Root
from tools.cache import Cache, digest
from tools.docker import images
from tools.docker.build import build
from tools.docker.lent import lent_secrets
from tools.failure import ToolError

FOLDER = Path(__file__).parent / "stand_ins"


@dataclass(frozen=True)
class StandIn:
    """Takes the place of every image whose name the pattern matches."""

    pattern: str
    folder: str
    root: Root

    def key(self, name: str) -> str:
        """Returns the digest of what the image of that name is made from."""
        return digest(name, FOLDER / self.folder, self.root.key())

    def ensure(self, name: str, cache: Cache, ca_bundle: Path | None, log: Path) -> bool:
        """Makes the stand-in if the engine has no image of that name, and tells whether it did.

        An image of that name that is not ours is the real one, and stays.
        """
        if images.exists(name) and not images.label(name, images.DIGEST):
            return False
        return images.ensure(name, self.key(name), lambda: self._build(name, cache, ca_bundle, log))

    def _build(self, name: str, cache: Cache, ca_bundle: Path | None, log: Path) -> None:
        roots.ensure(self.root, cache, log)
        build(
            FOLDER / self.folder,
            name,
            log,
            arguments={"ROOT": self.root.image},
            labels={
                images.DIGEST: self.key(name),
                images.STAND_IN: f"of the contract of {name}; not the official image",
            },
            secrets=lent_secrets(ca_bundle),
        )


STAND_INS = (
    StandIn(r"python:3\.13(\.\d+)?-slim-trixie", "python", roots.PYTHON),
    StandIn(r"golang:1\.26(\.\d+)?-trixie", "golang", roots.PYTHON),
    StandIn(r"postgres:18(\.\d+)?(-trixie)?", "postgres", roots.PYTHON),
    StandIn(r"traefik:v3\.7(\.\d+)?", "traefik", roots.PYTHON),
)


def chosen(names: Iterable[str]) -> dict[str, StandIn]:
    """Chooses the stand-in of each name.

    Raises:
        ToolError: some names have none; it says which.
    """
    found: dict[str, StandIn] = {}
    without: list[str] = []
    for name in names:
        match = next((each for each in STAND_INS if re.fullmatch(each.pattern, name)), None)
        if match is None:
            without.append(name)
        else:
            found[name] = match
    if without:
        raise ToolError(
            f"no stand-in for {', '.join(without)}: add one to tools/airgap/stand_ins.py, "
            f"or name one of {', '.join(each.pattern for each in STAND_INS)}"
        )
    return found
