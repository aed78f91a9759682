"""Each package of the tools begins with a map of what is in it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tools.checkout import ROOT

TOOLS = ROOT / "tools"
PACKAGES = [path.parent for path in sorted(TOOLS.rglob("__init__.py"))]


def members(package: Path) -> set[str]:
    """Names what can be imported from the package, its programs included."""
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    return modules | {path.parent.name for path in package.glob("*/__init__.py")}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_package_has_a_map_of_its_members_and_nothing_else(package: Path) -> None:
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    lines = re.findall(r"^- (`[^:]+):", ast.get_docstring(tree) or "", re.MULTILINE)
    listed = [name for line in lines for name in re.findall(r"`([^`]+)`", line)]

    assert len(tree.body) == 1
    assert len(listed) == len(set(listed))
    assert set(listed) == members(package)


def test_every_package_is_looked_at() -> None:
    folders = {path.parent for path in TOOLS.rglob("*.py")} - {TOOLS / "airgap" / "runtime"}

    assert folders == set(PACKAGES)
    assert len(PACKAGES) > 5


def test_the_cluster_of_packages_needs_nothing_but_python() -> None:
    # -S: without what is installed.
    program = [sys.executable, "-S", "-m", "tools.airgap", "--help"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "clean" in done.stdout
