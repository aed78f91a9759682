"""A prediction, asked of the API over HTTP as any caller would."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from rookery_core.errors import Refused, Unavailable
from rookery_core.waiting import Wait, poll_until
from rookery_local.models.given_values import Value, request_body
from rookery_local.models.model_cards import held_out

FLIP_SECONDS = 30.0
POLL_SECONDS = 0.2

NO_CHAMPION = "no_champion"
"""The `reason` in the API's answer if a model has no champion yet."""
UNKNOWN_MODEL = "unknown_model"
"""The `reason` if the API has no such model."""
SPEC_INVALID = "spec_invalid"
"""The `reason` if a model has no champion and its spec is not valid."""


class NoChampion(Unavailable):
    """The API knows the model, but the registry names no champion of it."""


class UnknownModel(Refused):
    """The API has no such model."""


class InvalidSpec(Refused):
    """The API knows the model, but its spec is not valid and it has no champion."""


@dataclass(frozen=True)
class RequestOptions:
    """What a request needs beside its body."""

    headers: Mapping[str, str] = field(default_factory=dict)
    curl: str = ""
    """The same as options of curl; a secret is written as the command that reads it."""


@dataclass(frozen=True)
class Prediction:
    """The request as a command that a person can repeat, and the answer."""

    curl: str
    answer: dict[str, Any]
    unit: str = ""
    """That of the number that is answered."""
    held_out: str = ""
    """How good the champion was on the rows held out."""

    @property
    def told(self) -> str:
        """Returns the answer in few words: the class, or the number with unit and interval."""
        if "value" not in self.answer:
            return str(self.answer["class"])
        told = f"{self.answer['value']:.6g} {self.unit}".rstrip()
        if "interval" not in self.answer:
            return told
        low, high = self.answer["interval"]
        return f"{told} (between {low:.6g} and {high:.6g})"


def predict(
    url: str, model: str, values: Mapping[str, str], options: RequestOptions | None = None
) -> Prediction:
    """Asks the API for a prediction of the contract's example, changed by `values`.

    Raises:
        Refused: the API has no such model, or does not accept the values.
        InvalidSpec: the spec of the model is not valid.
        NoChampion: the model has no champion yet.
        Unavailable: the API does not answer.
    """
    options = options or RequestOptions()
    with client_of(url, options.headers) as client:
        card = card_of(client, model)
        body = request_body(card["contract"], values)
        answer = ask(client, "POST", f"/predict/{model}", body)
    command = curl(f"{url}/predict/{model}", body, options.curl)
    return Prediction(command, answer, card["contract"].get("unit", ""), held_out(card))


def client_of(url: str, headers: Mapping[str, str] | None = None) -> httpx.Client:
    """Makes a client of the API at that address."""
    return httpx.Client(base_url=url, headers=headers, timeout=10, trust_env=False)


def card_of(client: httpx.Client, model: str) -> dict[str, Any]:
    """Asks for the card of the model, which has its contract.

    Raises:
        Refused: the API has no such model.
        InvalidSpec: its spec is not valid.
        Unavailable: the API does not answer.
    """
    try:
        card = ask(client, "GET", f"/models/{model}")
    except UnknownModel:
        there = ", ".join(each["name"] for each in ask(client, "GET", "/models")["models"])
        raise UnknownModel(f"the API has no model {model!r}; it has {there or 'none'}") from None
    if card["contract"] is None:
        raise InvalidSpec(f"the spec of model {model} is not valid: {card['spec_error']}")
    return card


def is_number(card: Mapping[str, Any]) -> bool:
    """Tells whether the model of the card answers numbers, and not classes."""
    return bool(card["contract"].get("task") == "regression")


def await_version(url: str, model: str, version: str) -> None:
    """Waits until the API serves that version of the model.

    Raises:
        Unavailable: it does not within half a minute; with the reason.
    """
    with client_of(url) as client:
        card: dict[str, Any] = {}

        def served() -> bool | None:
            card.update(ask(client, "GET", f"/models/{model}"))
            champion = card["champion"]
            return bool(champion and champion["version"] == version) or None

        poll_until(
            served,
            Wait(FLIP_SECONDS, POLL_SECONDS),
            lambda: (
                f"the API does not serve version {version} of {model} "
                f"({card['state']}: {card['registry']['error']}); see `rookery logs api`"
            ),
        )


def curl(url: str, body: Mapping[str, Value | None], options: str = "") -> str:
    """Writes the command that sends the same request."""
    words = ["curl -s", url, options, "-H 'Content-Type: application/json'"]
    return " ".join([*filter(None, words), "-d", shlex.quote(json.dumps(body))])


def ask(
    client: httpx.Client, method: str, path: str, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Sends a request to the API; returns the document that it answers.

    Raises:
        Refused: the API does not accept the request; says why, field by field.
        InvalidSpec: the spec of the model is not valid.
        NoChampion: the model has no champion yet.
        Unavailable: the API does not answer.
    """
    try:
        answer = client.request(method, path, json=body)
    except httpx.TransportError as error:
        raise Unavailable(f"the API at {client.base_url} does not answer: {error}") from None
    if answer.status_code == httpx.codes.OK:
        document = answer.json()
        assert isinstance(document, dict)
        return document
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        kinds = {NO_CHAMPION: NoChampion, SPEC_INVALID: InvalidSpec}
        kind = kinds.get(_reason(answer), Unavailable)
        raise kind(f"the API answers {answer.status_code}: {_detail(answer)}")
    refusal = UnknownModel if _reason(answer) == UNKNOWN_MODEL else Refused
    raise refusal(f"the API answers {answer.status_code}: {_detail(answer)}")


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["reason"])
    except (ValueError, KeyError, TypeError):
        return ""


def _detail(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        faults = [f"{fault['path']}: {fault['message']}" for fault in problem.get("errors", [])]
        return "\n  ".join([problem["detail"], *faults])
    except (ValueError, KeyError, TypeError, AttributeError):
        return answer.text
