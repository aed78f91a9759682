"""The API of the embedded stack: how long it is waited for."""

from pathlib import Path

from rookery_local.servers.api import ready_seconds


def test_it_may_take_longer_the_more_champions_it_has_to_load(tmp_path: Path) -> None:
    for name in ("churn.yaml", "wine.yml", "notes.txt"):
        (tmp_path / name).touch()

    assert ready_seconds(None) == 60
    assert ready_seconds(tmp_path) == 80
