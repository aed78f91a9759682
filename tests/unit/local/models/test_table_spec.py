"""The spec of a table: written once, found again, kept with what was changed by hand."""

import os
from pathlib import Path

import pytest
from tools.checkout import ROOT

from rookery_core.errors import Refused
from rookery_core.spec.spec_yaml import parse_spec
from rookery_local.models.table_spec import (
    TableRequest,
    known_spec,
    new_spec,
    require_name,
    require_table,
)

TEXT = "".join(
    line
    for line in (ROOT / "examples" / "wine.yaml").read_text().splitlines(keepends=True)
    if "sha256" not in line
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "my wine ä%.csv"
    path.touch()
    return path


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """The folder of specs; nothing has made it yet."""
    return tmp_path / "specs"


def request(table: Path, target: str = "cultivar", **options: str | int) -> TableRequest:
    return TableRequest(table, target, "wine", **options)  # type: ignore[arg-type]


def test_a_new_spec_names_the_table_and_what_was_chosen(table: Path, specs: Path) -> None:
    assert known_spec(request(table), specs) is None

    made = new_spec(request(table, trials=7), specs, TEXT)

    assert (made.is_new, made.path) == (True, specs / "wine.yaml")
    assert made.spec == parse_spec(made.path.read_text(), "it")
    assert made.spec.trials == 7
    assert made.spec.source.url == table.as_uri()
    assert specs.stat().st_mode & 0o077 == 0


def test_a_known_spec_is_kept_to_the_byte(table: Path, specs: Path) -> None:
    path = new_spec(request(table), specs, TEXT).path
    by_hand = path.read_text().replace("title: Wine", "title: My wine # mine\n# more\n#")
    path.write_text(by_hand)

    for target in ("cultivar", "Cultivar ", "CULTIVAR"):
        found = known_spec(request(table, target), specs)

        assert found is not None
        assert (found.is_new, found.spec.title) == (False, "My wine")
        assert path.read_text() == by_hand


def test_options_are_written_into_a_known_spec_and_the_rest_stays(table: Path, specs: Path) -> None:
    path = new_spec(request(table), specs, TEXT).path
    before = path.read_text()

    found = known_spec(request(table, trials=3), specs)
    again = known_spec(request(table), specs)

    assert found is not None
    assert found.spec.trials == 3
    assert again == found
    assert path.read_text() == before.replace("trials: 20", "trials: 3")
    assert [each.name for each in specs.iterdir()] == ["wine.yaml"]


def test_an_option_that_does_not_fit_is_refused_and_the_file_stays(
    table: Path, specs: Path
) -> None:
    path = new_spec(request(table), specs, TEXT).path
    before = path.read_bytes()

    with pytest.raises(Refused, match="estimator"):
        known_spec(request(table, estimator="oracle"), specs)

    assert path.read_bytes() == before


def test_another_table_or_target_needs_another_name(
    table: Path, specs: Path, tmp_path: Path
) -> None:
    path = new_spec(request(table), specs, TEXT).path

    with pytest.raises(
        Refused, match=r"has another table \(file:.*--name NAME, in Python name=NAME"
    ):
        known_spec(request(tmp_path / "other.csv"), specs)
    with pytest.raises(Refused, match=rf"predicts 'cultivar', says {path}.*--name NAME"):
        known_spec(request(table, "alcohol"), specs)


@pytest.mark.parametrize("url", ["file:wine.csv", "file:sub/../wine.csv", "file:link.csv"])
def test_the_table_is_the_same_however_the_spec_writes_its_path(tmp_path: Path, url: str) -> None:
    table = tmp_path / "wine.csv"
    table.touch()
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.csv").symlink_to(table)
    (tmp_path / "wine.yaml").write_text(TEXT.replace("file:wine.csv", url))

    assert known_spec(request(table), tmp_path) is not None


def test_a_spec_that_was_spoiled_by_hand_is_refused_with_its_key(table: Path, specs: Path) -> None:
    path = new_spec(request(table), specs, TEXT).path
    path.write_text(path.read_text().replace("target: ", "traget: "))

    with pytest.raises(Refused, match=r"wine\.yaml .*traget"):
        known_spec(request(table), specs)


def test_the_name_of_a_shipped_model_is_refused(table: Path, specs: Path) -> None:
    with pytest.raises(Refused, match=r"'species' ships with Rookery; .*--name NAME"):
        known_spec(TableRequest(table, "x", "species"), specs)


def test_a_file_that_was_made_meanwhile_is_not_overwritten(table: Path, specs: Path) -> None:
    specs.mkdir()
    (specs / "wine.yaml").write_text("theirs")

    with pytest.raises(Refused, match=r"wine\.yaml is there already"):
        new_spec(request(table), specs, TEXT)

    assert (specs / "wine.yaml").read_text() == "theirs"


@pytest.mark.parametrize("name", ["My Wine", "wine.csv", "wine_2", "2wine", "batches", "w" * 31])
def test_a_name_that_no_model_can_have_is_refused_with_one_that_it_can(name: str) -> None:
    with pytest.raises(
        Refused, match=r"no model can be called .*--name (?P<other>[a-z0-9-]+)$"
    ) as told:
        require_name(name)

    other = str(told.value).rpartition(" ")[2]
    assert require_name(other) == other


def test_what_is_no_file_is_refused_before_anything_starts(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for path, said in (
        (Path("-"), "standard input is read once"),
        (tmp_path, "is a folder"),
        (tmp_path / "gone.csv", "is not there"),
        (pipe, "is no regular file"),
    ):
        with pytest.raises(Refused, match=said):
            require_table(path)
