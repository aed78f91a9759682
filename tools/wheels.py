"""Builds the wheels of all members, and the constraints that go with them.

`python -m tools.wheels` writes `dist/*.whl` and `dist/constraints.txt`: the pins of
`requirements/local.txt` without their hashes, because pip takes hashes of all packages or of none,
and wheels that were built here have none.
"""

import re
import subprocess
import sys
from pathlib import Path

from tools.checkout import ROOT

DIST = ROOT / "dist"
PROJECTS = ("services/*/pyproject.toml", "local/pyproject.toml")
LOCK = ROOT / "requirements" / "local.txt"
UV = Path(sys.executable).parent / "uv"
_PIN = re.compile(r"^(?P<pin>[A-Za-z0-9][^\\]*==[^\\]*?) *\\?$")


def main() -> None:
    """Builds into `dist`, and says how the wheels are installed."""
    build(DIST)
    sys.stdout.write("pip install --constraint dist/constraints.txt dist/*.whl\n")


def members() -> list[Path]:
    """Lists the folders of the members: each that has a `pyproject.toml`."""
    return sorted(path.parent for pattern in PROJECTS for path in ROOT.glob(pattern))


def build(folder: Path) -> None:
    """Writes the wheel of each member and the constraints into the folder.

    Wheels of an earlier build are removed, so that `*.whl` names one of each. No index is asked:
    the environment holds what the members are built with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("rookery_*.whl"):
        old.unlink()
    for member in members():
        options = [
            "--quiet",
            "--wheel",
            "--no-build-isolation",
            "--offline",
            "--no-create-gitignore",
        ]
        subprocess.run(
            [UV, "build", *options, "--python", sys.executable, "--out-dir", folder, member],
            check=True,
        )
    (folder / "constraints.txt").write_text("".join(f"{pin}\n" for pin in pins(LOCK.read_text())))


def pins(lock: str) -> list[str]:
    """Lists the pins of a hashed lock, with their markers and without their hashes."""
    return [found["pin"] for line in lock.splitlines() if (found := _PIN.match(line))]


if __name__ == "__main__":
    main()
