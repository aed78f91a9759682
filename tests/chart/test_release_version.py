"""One command sets the version of a release: tried on a copy of this checkout."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.chart.chart import Chart
from tools.checkout import ROOT
from tools.release_version import current

NEW = "71.82.93"
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".rookery", ".*_cache", "*.egg-info", "__pycache__", "go.mod", "go.sum"
)
"""What is no part of a checkout, and the versions of other people's modules."""
HISTORY = ("CHANGELOG.md", "docs/decisions/", "requirements/")
"""What tells of earlier releases, or holds the versions of other people's packages."""
GENERATORS = ("tools.generate.values_tables", "tools.generate.job_manifests")
"""Those of `make generate` whose files hold the version."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout as `make version-set` leaves it."""
    copy = tmp_path_factory.mktemp("release") / "checkout"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT, symlinks=True)
    run(copy, "tools.release_version", NEW)
    generate(copy)
    return copy


def run(folder: Path, module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], cwd=folder, check=True)


def generate(folder: Path) -> None:
    for module in GENERATORS:
        run(folder, module)


def texts(folder: Path) -> dict[str, str]:
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(HISTORY) and "__pycache__" not in name:
            found[name] = path.read_text(encoding="utf-8", errors="replace")
    return found


def test_nothing_of_the_old_version_is_left(copy: Path) -> None:
    old = re.compile(rf"(?<![\w.]){re.escape(current(ROOT))}(?!\.?\d)")

    left = {
        name: line
        for name, text in texts(copy).items()
        for line in text.splitlines()
        if old.search(line) or old.search(name)
    }

    assert current(copy) == NEW
    assert left == {}


def test_the_generators_find_nothing_to_do(copy: Path) -> None:
    before = texts(copy)
    assert NEW in before["k8s/jobs/trainer.yaml"]
    assert NEW in before["charts/rookery/README.md"]

    generate(copy)

    assert texts(copy) == before


def test_the_chart_renders_with_images_of_the_new_version(chart: Chart, copy: Path) -> None:
    command: list[str | Path] = [chart.helm, "template", "rookery", copy / "charts/rookery"]
    rendered = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    tags = set(re.findall(r"rookery/(api|ingest|trainer|notebook|launcher):([\w.]+)", rendered))

    assert {image for image, _ in tags} >= {"api", "ingest", "trainer", "launcher"}
    assert {tag for _, tag in tags} == {NEW}
    assert current(ROOT) not in rendered
