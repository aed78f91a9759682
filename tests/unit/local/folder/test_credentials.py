"""The generated passwords and keys."""

import json
from pathlib import Path

import pytest

from rookery_core.errors import Refused
from rookery_local.folder.credentials import load_or_make


def test_credentials_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    made = load_or_make(tmp_path / "credentials.json", tmp_path / "data")

    assert load_or_make(tmp_path / "credentials.json", tmp_path / "data") == made
    assert (tmp_path / "credentials.json").stat().st_mode & 0o777 == 0o600


def test_two_stacks_share_no_secret(tmp_path: Path) -> None:
    first = load_or_make(tmp_path / "a.json", tmp_path / "data")
    second = load_or_make(tmp_path / "b.json", tmp_path / "data")

    passwords = [
        secret.get_secret_value()
        for each in (first, second)
        for secret in (each.administrator, *each.roles.values(), each.s3_access_key)
    ]
    assert len(set(passwords)) == len(passwords)


def test_lost_credentials_of_existing_data_are_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()

    with pytest.raises(Refused, match=r"missing.*restore it, or remove the whole state folder"):
        load_or_make(tmp_path / "credentials.json", tmp_path / "data")


def test_a_file_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text("{}")

    with pytest.raises(Refused, match="does not hold a stack's credentials"):
        load_or_make(tmp_path / "credentials.json", tmp_path / "data")


@pytest.mark.parametrize("name", ["administrator", "s3_access_key", "s3_secret_key", "mlflow"])
@pytest.mark.parametrize("blank", ["", "  "])
def test_a_file_with_a_blank_secret_is_refused(tmp_path: Path, name: str, blank: str) -> None:
    path = tmp_path / "credentials.json"
    load_or_make(path, tmp_path / "data")
    document = json.loads(path.read_text())
    (document if name in document else document["roles"])[name] = blank
    path.write_text(json.dumps(document))

    with pytest.raises(Refused, match="does not hold a stack's credentials"):
        load_or_make(path, tmp_path / "data")


def test_a_representation_shows_no_secret(tmp_path: Path) -> None:
    made = load_or_make(tmp_path / "credentials.json", tmp_path / "data")

    assert made.administrator.get_secret_value() not in repr(made)
