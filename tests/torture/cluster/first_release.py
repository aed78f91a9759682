"""The first release: its chart, its images, and a model that its users brought."""

import io
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import yaml
from tests.e2e.support import specs
from tools.checkout import ROOT
from tools.images.build import build_all
from tools.images.names import VALUES, Image, chart_images, others, ours
from tools.progress import Progress

from rookery_core.spec.distributions import LogUniform

COMMIT = "5a210681"
"""Its last commit."""
SPEC = Path("services/core/src/rookery_core/specs/sex.yaml")


def checkout(folder: Path) -> Path:
    """Writes the files of the first release below the folder, and returns it."""
    archive = ["git", "-C", str(ROOT), "archive", COMMIT]
    done = subprocess.run(archive, capture_output=True, check=False)
    assert done.returncode == 0, (
        f"the history does not reach the first release ({COMMIT}): `git fetch --unshallow`\n"
        f"{done.stderr.decode()}"
    )
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as read:
        read.extractall(folder, filter="data")
    return folder


def images(first: Path, log: Path) -> list[str]:
    """Builds the images of both releases, and returns the names of all that their charts name."""
    progress = Progress(log)
    names: list[str] = []
    for root, named in ((first, _short_names(first)), (ROOT, _names_of_today())):
        build_all(ours(named, root), root, progress)
        names += (each.name for each in (*(i for i, _ in ours(named, root)), *others(named, root)))
    return sorted({*names})


def _names_of_today() -> tuple[Image, ...]:
    return chart_images((ROOT / VALUES).read_text())


def _short_names(first: Path) -> tuple[Image, ...]:
    """The images of the first release, which named no registry."""
    values: Any = yaml.safe_load((first / VALUES).read_text())
    return tuple(
        Image(key, each["repository"], str(each["tag"]))
        for key, each in values["global"]["images"].items()
    )


def written(first: Path, folder: Path, c: LogUniform) -> Path:
    """Writes a spec as users of the first release wrote them, whose sweep draws C from there."""
    spec: Any = yaml.safe_load((first / SPEC).read_text())
    spec.update(name=specs.MODEL, title="Fledgling", source={"url": f"file:{specs.MODEL}.csv"})
    spec["search_space"]["C"] = {"distribution": "loguniform", "a": c.a, "b": c.b}
    path = folder / f"{specs.MODEL}-{c.a}.yaml"
    path.write_text(yaml.safe_dump(spec))
    return path
