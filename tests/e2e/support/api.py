"""The API as a caller outside of the cluster sees it: through the Ingress, on port 8080."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from tests.e2e.support.cluster import until

URL = "http://127.0.0.1:8080"
FLIP = 10.0
"""Seconds after a promotion at which every replica serves the new champion."""
IN_A_ROW = 10
"""Answers on new connections after which no replica is left out."""
Row = Mapping[str, float | str | None]


def client() -> httpx.Client:
    """Makes a client that uses no proxy."""
    return httpx.Client(base_url=URL, timeout=10, trust_env=False)


def card(model: str) -> dict[str, Any]:
    """Asks for the model's card.

    Raises:
        httpx.HTTPError: the answer is not 200.
    """
    with client() as caller:
        answer = caller.get(f"/models/{model}")
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


def example(model: str) -> Row:
    """Returns the row that the model's contract gives as an example."""
    features = card(model)["contract"]["features"]
    return {feature["name"]: feature["example"] for feature in features}


def predict(model: str, row: Row) -> httpx.Response:
    """Asks for the prediction of one row."""
    with client() as caller:
        return caller.post(f"/predict/{model}", json=row)


def predict_all(model: str, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Asks for class and probabilities of each row, in one request."""
    with client() as caller:
        answer = caller.post(f"/predict/{model}", json={"instances": list(rows)})
        assert answer.status_code == httpx.codes.OK, answer.text
        found: list[dict[str, Any]] = answer.json()["predictions"]
        return found


def version(model: str) -> str:
    """Returns the version that answers the model's example now."""
    answer = predict(model, example(model))
    assert answer.status_code == httpx.codes.OK, answer.text
    return str(answer.json()["model"]["version"])


def await_champion(model: str) -> None:
    """Waits until every replica answers predictions of the model, at most `FLIP` seconds."""
    row = example(model)

    def answered() -> bool | None:
        # A connection each, so that they go to every replica in turn.
        answers = [predict(model, row) for _ in range(IN_A_ROW)]
        return all(each.status_code == httpx.codes.OK for each in answers) or None

    until(f"a champion of {model} at every replica", answered, FLIP)
