"""The API as a caller outside of the cluster sees it: through the Ingress, on port 8080."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from tests.e2e.cluster import until

URL = "http://127.0.0.1:8080"
IN_A_ROW = 10
"""Answers from new connections after which no replica is left out."""
Row = Mapping[str, float | str | None]


def client() -> httpx.Client:
    """A caller who takes no proxy."""
    return httpx.Client(base_url=URL, timeout=10, trust_env=False)


def card(model: str) -> dict[str, Any]:
    """What the API says of the model.

    Raises:
        httpx.HTTPError: where it does not answer 200.
    """
    with client() as caller:
        answer = caller.get(f"/models/{model}")
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


def example(model: str) -> Row:
    """The row that the model's contract gives as an example."""
    features = card(model)["contract"]["features"]
    return {feature["name"]: feature["example"] for feature in features}


def predict(model: str, row: Row) -> httpx.Response:
    """The answer for one row."""
    with client() as caller:
        return caller.post(f"/predict/{model}", json=row)


def predict_all(model: str, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Class and probabilities of each row, asked for in one request."""
    with client() as caller:
        answer = caller.post(f"/predict/{model}", json={"instances": list(rows)})
        assert answer.status_code == httpx.codes.OK, answer.text
        found: list[dict[str, Any]] = answer.json()["predictions"]
        return found


def version(model: str) -> str:
    """The version that answers the model's example now."""
    answer = predict(model, example(model))
    assert answer.status_code == httpx.codes.OK, answer.text
    return str(answer.json()["model"]["version"])


def await_model(model: str) -> None:
    """Every replica serves the model: its route is there and has a champion.

    A route comes as soon as a replica's node has renewed the ConfigMap, a minute or so.
    """

    def serving() -> bool | None:
        # A connection each, so that they go to every replica in turn.
        return all(_serves(model) for _ in range(IN_A_ROW)) or None

    until(f"a champion of {model} at every replica", serving)


def _serves(model: str) -> bool:
    with client() as caller:
        try:
            answer = caller.get(f"/models/{model}")
        except httpx.TransportError:
            return False
    return answer.status_code == httpx.codes.OK and answer.json()["state"] == "serving"
