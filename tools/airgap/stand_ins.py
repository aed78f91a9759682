"""Images that are used like well-known ones, made from packages and labelled as stand-ins."""

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.airgap import programs, roots
from tools.airgap.programs import Program
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
    base: Root | Program
    """The file system that it is made from, or the program that is all that it holds."""

    def key(self, name: str) -> str:
        """Returns the digest of what the image of that name is made from."""
        return digest(name, FOLDER / self.folder, self.base.key())

    def ensure(
        self,
        name: str,
        built: Mapping[str, Path],
        cache: Cache,
        ca_bundle: Path | None,
        log: Path,
    ) -> bool:
        """Makes the stand-in if the engine has no image of that name, and tells whether it did.

        `built` has the folder of each program. An image of that name that is not ours is the real
        one, and stays.
        """
        if images.exists(name) and not images.label(name, images.DIGEST):
            return False

        def make() -> None:
            if isinstance(self.base, Program):
                self._of_program(name, built[self.base.name], cache, log)
            else:
                roots.ensure(self.base, cache, log)
                self._build(FOLDER / self.folder, name, self.base.image, ca_bundle, log)

        return images.ensure(name, self.key(name), make)

    def _of_program(self, name: str, built: Path, cache: Cache, log: Path) -> None:
        context = cache.root / "work" / self.folder
        shutil.rmtree(context, ignore_errors=True)
        shutil.copytree(FOLDER / self.folder, context)
        shutil.copytree(built, context, dirs_exist_ok=True)
        self._build(context, name, "scratch", None, log)
        shutil.rmtree(context)

    def _build(
        self, context: Path, name: str, root: str, ca_bundle: Path | None, log: Path
    ) -> None:
        build(
            context,
            name,
            log,
            arguments={"ROOT": root},
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
    StandIn(
        r"registry\.k8s\.io/metrics-server/metrics-server:v0\.9\.0",
        "metrics-server",
        programs.named("metrics-server"),
    ),
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
