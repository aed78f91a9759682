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

    card = {"champion": champion, "contract": {"target": "price"}}

    assert held_out(card) == "version 2: rmse 1234.5 on 1,200 rows held out"
    assert held_out({"champion": None}) == ""


def test_a_champion_of_one_label_for_every_row_is_told_as_that() -> None:
    champion = {"version": "2", "metric": "balanced_accuracy", "holdout_rows": 90}
    contract = {"classes": ["a", "b", "c"]}

    def told(value: float) -> str:
        metrics = {"balanced_accuracy": value}
        return held_out({"champion": champion | {"metrics": metrics}, "contract": contract})

    assert "0.333 on 90 rows held out, as one label for every row" in told(1 / 3)
    assert told(0.34).endswith("0.340 on 90 rows held out")
