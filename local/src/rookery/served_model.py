"""A served model: what it answers for the rows of a frame."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import pandas as pd

from rookery.frames import Instance, instances
from rookery_core.errors import Refused, Unavailable
from rookery_core.spec.model_spec import ModelSpec
from rookery_local.folder.home import Home
from rookery_local.models.prediction import ask, card_of, client_of, is_number
from rookery_local.stack.background import stop_in_background
from rookery_local.stack.presence import explained, presence

MOST_ROWS = 1000
"""Rows of one request: as many as the API takes."""
MOST_BYTES = 900_000
"""Bytes of one request: less than the API takes."""


class ServedModel:
    """A model of an embedded stack that is up."""

    def __init__(self, spec: ModelSpec, api_url: str, home: Home) -> None:
        self.name = spec.name
        self.url = f"{api_url}/predict/{spec.name}"
        """The address that answers predictions."""
        self._spec = spec
        self._api_url = api_url
        self._home = home

    def __repr__(self) -> str:
        return f"ServedModel({self.name!r}, {self.url!r})"

    @property
    def version(self) -> str:
        """Reads the number of the version that serves now."""
        return str(self._card()["champion"]["version"])

    @property
    def classes(self) -> tuple[str, ...]:
        """Reads the labels that the model may answer; none where it answers numbers."""
        return tuple(self._card()["contract"]["classes"])

    def predict(self, frame: pd.DataFrame) -> "pd.Series[Any]":
        """Predicts the label of each row, or its number; the answers have the frame's index.

        Columns may be in any order and called as in the spec or in the file it was made from;
        columns that are no features are left out.

        Raises:
            Refused: a row is not what the model takes; names the row and the column.
            Unavailable: the stack does not answer.
        """
        card = self._card()
        number = is_number(card)
        answers = [each["value" if number else "class"] for each in self._answers(frame, card)]
        kind = "float64" if number else "object"
        return pd.Series(answers, index=frame.index, name=card["contract"]["target"], dtype=kind)

    def predict_proba(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Predicts the probability of each label, a column for each, with the frame's index.

        Raises:
            Refused: the model answers numbers; or as `predict`.
            Unavailable: as `predict`.
        """
        card = self._card()
        if is_number(card):
            raise Refused(
                f"model {self.name} answers numbers, which have no probabilities; ask predict"
            )
        rows = [each["probabilities"] for each in self._answers(frame, card)]
        return pd.DataFrame(rows, index=frame.index, columns=card["contract"]["classes"])

    def stop(self) -> None:
        """Stops the stack, with all its models; data and models stay for the next run."""
        stop_in_background(self._home)

    @contextmanager
    def _client(self) -> Iterator[httpx.Client]:
        """Gives the block a client of the API; of a failure in it, says if the stack has ended."""
        with explained(presence(self._home)), client_of(self._api_url) as client:
            yield client

    def _card(self) -> dict[str, Any]:
        with self._client() as client:
            return card_of(client, self.name)

    def _answers(self, frame: pd.DataFrame, card: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        rows = list(instances(frame, card["contract"]["features"], self._spec))
        with self._client() as client:
            for start in range(0, len(rows), MOST_ROWS):
                yield from self._batch(client, rows[start : start + MOST_ROWS], start)

    def _batch(
        self, client: httpx.Client, rows: Sequence[Instance], start: int
    ) -> Iterator[dict[str, Any]]:
        if len(rows) > 1 and len(json.dumps(rows)) > MOST_BYTES:
            half = len(rows) // 2
            yield from self._batch(client, rows[:half], start)
            yield from self._batch(client, rows[half:], start + half)
            return
        try:
            answer = ask(client, "POST", f"/predict/{self.name}", {"instances": list(rows)})
        except Refused as refusal:
            first = f" (instances count from row {start} of the frame)" if start else ""
            raise Refused(f"{refusal}{first}") from None
        predictions = answer["predictions"]
        if len(predictions) != len(rows):
            raise Unavailable(f"the API answered {len(predictions)} of {len(rows)} rows; ask again")
        yield from predictions
