"""The folder of specs is read again where it changed, and a file keeps its model."""

import json
from pathlib import Path

import pytest
from tests.bad_specs import changed

from rookery_api.registry.spec_folder import SpecFolder
from rookery_core.spec.catalog import Catalog, Unreadable


def read(folder: SpecFolder) -> Catalog:
    """The catalog, which must be another one by now."""
    catalog = folder.changed()
    assert catalog is not None
    return catalog


def test_folder_is_read_again_only_where_something_changed(tmp_path: Path) -> None:
    folder = SpecFolder(tmp_path)
    file = tmp_path / "bad.yaml"

    read(folder)
    assert folder.changed() is None
    file.write_text("name: [")
    assert read(folder).faults
    assert folder.changed() is None
    file.write_text(changed())
    assert "bad" in read(folder)
    file.unlink()
    assert read(folder).models == ["sex", "species"]


def test_file_that_could_not_be_read_is_looked_at_again(tmp_path: Path) -> None:
    folder = SpecFolder(tmp_path)
    (tmp_path / "bad.yaml").symlink_to("bad.yaml")

    first, second = folder.changed(), folder.changed()
    (tmp_path / "bad.yaml").unlink()
    (tmp_path / "bad.yaml").write_text(changed())

    assert first is not None
    assert second is not None
    assert "bad" in read(folder)
    assert folder.changed() is None


def test_a_change_of_rights_alone_is_a_change(tmp_path: Path) -> None:
    folder = SpecFolder(tmp_path)
    file = tmp_path / "bad.yaml"
    file.write_text(changed())
    read(folder)

    file.chmod(0o600)

    assert folder.changed() is not None


def test_file_of_another_name_that_goes_bad_is_its_models_fault(tmp_path: Path) -> None:
    folder = SpecFolder(tmp_path)
    file = tmp_path / "mine.yaml"
    file.write_text(changed())
    assert "bad" in read(folder)

    file.write_text("name: [")
    first = read(folder)
    file.write_text("name: [[")
    second = read(folder)

    assert list(first.faults) == list(second.faults) == ["bad"]
    assert second.models == ["bad", "sex", "species"]


def test_folder_that_is_away_is_told_and_read_when_it_is_back(tmp_path: Path) -> None:
    place = tmp_path / "specs"
    folder = SpecFolder(place)

    assert folder.at_start().models == read(folder).models == ["sex", "species"]
    assert folder.changed() is None
    place.mkdir()
    (place / "bad.yaml").write_text(json.dumps(json.loads(changed())))

    assert "bad" in read(folder)
    place.rename(tmp_path / "elsewhere")
    for _ in range(2):
        with pytest.raises(Unreadable):
            folder.changed()
    (tmp_path / "elsewhere").rename(place)
    assert folder.changed() is None


def test_models_that_are_left_out_are_not_in_the_catalog_from_wherever_they_come(
    tmp_path: Path,
) -> None:
    folder = SpecFolder(tmp_path, ("sex", "bad", "worse", "unknown"))
    (tmp_path / "bad.yaml").write_text(changed())
    (tmp_path / "worse.yaml").write_text("name: [")

    assert folder.at_start().models == ["species"]
    assert read(folder).models == ["species"]
    (tmp_path / "bad.yaml").write_text(changed(seed=7))
    assert read(folder).models == ["species"]
