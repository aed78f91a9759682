"""Writes the release's version into every line where it stands.

`make version-set V=0.2.0` does this, then writes the generated files anew.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools.checkout import ROOT

FORM = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
"""Three numbers: the one form that Python, Helm and image tags all read alike."""
PLACES = (
    ("pyproject.toml", r'^version = "'),
    ("services/*/pyproject.toml", r'^version = "'),
    ("services/mlflow/plugin/pyproject.toml", r'^version = "'),
    ("local/pyproject.toml", r'^version = "'),
    ("charts/rookery/Chart.yaml", r"^version: "),
    ("charts/rookery/Chart.yaml", r"^appVersion: "),
    ("charts/rookery/Chart.yaml", r"^  - \{name: \w+, version: "),
    ("charts/rookery/charts/*/Chart.yaml", r"^version: "),
    ("charts/rookery/values.yaml", r"repository: rookery/\w+, tag: "),
    ("charts/rookery/values.yaml", r"repository: rookery/mlflow, tag: [\d.]+-"),
    ("README.md", r"rookery/\{[\w,]+\}:"),
    ("README.md", r"rookery/mlflow:[\d.]+-"),
)
"""Files by a pattern, and the text in them right before the version."""


class VersionError(Exception):
    """The version cannot be set; nothing was written."""


def main() -> None:
    """Sets the version that the command line names."""
    if len(sys.argv) != 2:
        raise SystemExit("which version? make version-set V=0.2.0")
    try:
        set_version(ROOT, sys.argv[1])
    except VersionError as error:
        raise SystemExit(str(error)) from error


def set_version(root: Path, new: str) -> None:
    """Writes `new` in place of the checkout's version; all places or none.

    Raises:
        VersionError: `new` is not a version, or a place does not hold the version of today.
    """
    if not FORM.fullmatch(new):
        raise VersionError(f"{new!r} is not a version: give three numbers, such as 0.2.0")
    old = current(root)
    for path, text in _written(root, old, new).items():
        path.write_text(text, encoding="utf-8")


def current(root: Path) -> str:
    """Returns the checkout's version, as its `pyproject.toml` says."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def replaced(text: str, before: str, old: str, new: str) -> tuple[str, int]:
    """Returns the text with `new` for each `old` behind `before`, and how many there were."""
    pattern = re.compile(rf"({before}){re.escape(old)}(?!\.?\d)", re.MULTILINE)
    return pattern.subn(rf"\g<1>{new}", text)


def _written(root: Path, old: str, new: str) -> dict[Path, str]:
    texts: dict[Path, str] = {}
    for path, before in _places(root):
        text = texts.get(path) or path.read_text(encoding="utf-8")
        texts[path], count = replaced(text, before, old, new)
        if not count:
            raise VersionError(
                f"{path.relative_to(root)} has no {old} behind {before!r}; "
                "correct it, or PLACES in tools/release_version.py"
            )
    return texts


def _places(root: Path) -> Iterator[tuple[Path, str]]:
    for files, before in PLACES:
        found = sorted(root.glob(files))
        if not found:
            raise VersionError(f"there is no {files}; correct PLACES in tools/release_version.py")
        yield from ((path, before) for path in found)


if __name__ == "__main__":
    main()
