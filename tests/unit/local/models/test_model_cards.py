"""The cards of the models, where the API does not send them."""

import io
import socket

import pytest
from rich.console import Console
from tests.unit.local.support.prediction_api import Api

from rookery_core.errors import Unavailable
from rookery_local.models.model_cards import cards_of, held_out, show_models_of
from rookery_local.process.ports import LOOPBACK, free_ports


def test_an_api_that_is_slow_is_not_one_without_models() -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        url = f"http://{LOOPBACK}:{silent.getsockname()[1]}"

        with pytest.raises(Unavailable, match=r"^the API did not answer in 0\.2 s"):
            cards_of(url, seconds=0.2)


def test_an_api_that_is_not_there_is_told_in_place_of_the_models() -> None:
    said = io.StringIO()

    show_models_of(Console(file=said), f"http://{LOOPBACK}:{free_ports(1)[0]}")

    assert said.getvalue().startswith("models: the API does not answer: ")


def test_an_api_that_refuses_is_told_in_place_of_the_models(api: Api) -> None:
    said = io.StringIO()

    show_models_of(Console(file=said), api.url, "another key")

    assert said.getvalue() == "models: the API answers 401 to a question for its models\n"


def test_how_good_a_champion_was_is_told_with_its_version_and_the_rows_held_out() -> None:
    champion = {"version": "2", "metric": "rmse", "metrics": {"rmse": 1234.5}, "holdout_rows": 1200}

    assert held_out({"champion": champion}) == "version 2: rmse 1234.5 on 1,200 rows held out"
    assert held_out({"champion": None}) == ""
