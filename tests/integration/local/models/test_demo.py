"""The demo: from the shipped CSV to two served champions, and again."""

import json
import re
import socket
from pathlib import Path

import pytest
from tests.integration.local.support.command import Rookery
from tests.integration.local.support.terminal import CONTROL_C, Terminal

from rookery_local.folder.home import Home
from rookery_local.process.ports import LOOPBACK

SECONDS = 200
"""How long a demo with data and models may take to start, and to end."""


@pytest.fixture(scope="module")
def rookery(tmp_path_factory: pytest.TempPathFactory) -> Rookery:
    return Rookery(Home(tmp_path_factory.mktemp("demo") / "state"))


@pytest.fixture(scope="module")
def first(rookery: Rookery) -> str:
    """What the first demo of the folder printed."""
    return rookery.run("demo", "--once")


def answers(printed: str) -> dict[str, dict[str, str]]:
    found = [json.loads(line) for line in printed.splitlines() if line.startswith('{"class"')]
    return {answer["model"]["name"]: answer for answer in found}


def test_the_first_demo_ends_with_two_champions_and_nothing_running(
    rookery: Rookery, first: str
) -> None:
    found = answers(first)

    assert found["species"]["class"] in {"Adelie", "Chinstrap", "Gentoo"}
    assert found["sex"]["class"] in {"FEMALE", "MALE"}
    assert "ingest species: rows_in 344, loaded 344" in first
    assert all(f"train {model} 20/20" in first for model in ("species", "sex"))
    assert re.search(r"curl -s http://127\.0\.0\.1:\d+/predict/species ", first)
    assert re.search(r"http://127\.0\.0\.1:\d+/docs", first)
    assert f"http://127.0.0.1:{rookery.ports[1]}/" in first
    assert rookery.is_gone


def test_a_second_demo_uses_the_data_and_models_of_the_first_and_stays_until_ctrl_c(
    rookery: Rookery, first: str
) -> None:
    with Terminal(rookery.argv("demo")) as terminal:
        shown = terminal.await_text("Ctrl-C stops everything", SECONDS)
        assert answers(shown) == answers(first)
        assert f"{rookery.api_url}/docs" in shown
        assert f"{rookery.mlflow_url}/" in shown

        # A third one, in no terminal, uses the stack that is up, and leaves it up.
        printed = rookery.run("demo")
        assert answers(printed) == answers(first)
        assert "ingest species: rows_in 344, loaded 0, duplicate 344" in printed
        assert "trial" not in printed
        assert "does not answer" not in rookery.run("status")

        # Somebody's open connection does not hold up the end.
        with socket.create_connection((LOOPBACK, rookery.ports[0])):
            terminal.press(CONTROL_C)
            assert terminal.finish(SECONDS) == 0
    assert rookery.is_gone


def test_without_a_state_folder_nothing_is_up(tmp_path: Path) -> None:
    rookery = Rookery(Home(tmp_path / "absent"))

    assert "nothing was up" in rookery.run("down")
    assert "no stack is up" in rookery.run("status", expect=3)
    assert not rookery.home.root.exists()
