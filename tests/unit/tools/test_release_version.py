"""Where a version is found, and what is refused before anything is written."""

from pathlib import Path

import pytest
from tools.checkout import ROOT
from tools.release_version import PLACES, VersionError, current, replaced, set_version


@pytest.mark.parametrize(
    ("text", "before", "expected"),
    [
        ('version = "1.2.3"', '^version = "', ('version = "1.3.0"', 1)),
        ('a = 1\nversion = "1.2.3"', '^version = "', ('a = 1\nversion = "1.3.0"', 1)),
        ("a/x-1.2.3.dist-info b/x-1.2.3.y", "/x-", ("a/x-1.3.0.dist-info b/x-1.3.0.y", 2)),
        ("tag: 1.2.30", "tag: ", ("tag: 1.2.30", 0)),
        ("tag: 1.2.3.4", "tag: ", ("tag: 1.2.3.4", 0)),
        ("tag: 1x2x3", "tag: ", ("tag: 1x2x3", 0)),
        ("pin: 1.2.3", "tag: ", ("pin: 1.2.3", 0)),
    ],
)
def test_a_version_is_replaced_whole_and_only_behind_its_text(
    text: str, before: str, expected: tuple[str, int]
) -> None:
    assert replaced(text, before, "1.2.3", "1.3.0") == expected


@pytest.mark.parametrize("version", ["", "1", "1.2", "v1.2.3", "01.2.3", "1.2.3rc1", "1.2.3\n"])
def test_what_is_not_three_numbers_is_refused(version: str) -> None:
    with pytest.raises(VersionError, match="three numbers"):
        set_version(ROOT, version)


def test_a_place_without_the_version_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    first, second = tmp_path / "pyproject.toml", tmp_path / "services/api/pyproject.toml"
    second.parent.mkdir(parents=True)
    first.write_text('[project]\nversion = "1.2.3"\n')
    second.write_text('[project]\nversion = "1.2.2"\n')

    with pytest.raises(VersionError, match=r"services/api/pyproject\.toml has no 1\.2\.3"):
        set_version(tmp_path, "1.3.0")

    assert current(tmp_path) == "1.2.3"


def test_a_place_that_is_gone_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')

    with pytest.raises(VersionError, match=r"there is no services/\*/pyproject\.toml"):
        set_version(tmp_path, "1.3.0")


def test_every_place_is_in_this_checkout() -> None:
    assert [files for files, _ in PLACES if not list(ROOT.glob(files))] == []
