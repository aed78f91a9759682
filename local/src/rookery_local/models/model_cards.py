"""The cards of the models: what the API says of each, shown as a table."""

import math
from collections.abc import Mapping
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from rookery_core.errors import Unavailable
from rookery_local.console.terminal import printable, say

CARDS_SECONDS = 10
"""Longer than a probe: on a busy machine the cards of all models may take some seconds."""

ONE_LABEL = (
    ", as one label for every row would have; the probabilities tell rows apart, and `decision` "
    "in the spec chooses a threshold between two classes"
)


def cards_of(
    url: str, key: str | None = None, seconds: float = CARDS_SECONDS
) -> list[dict[str, Any]]:
    """Asks the API at that address for the card of each model.

    Raises:
        Unavailable: it does not answer within `seconds`, or not with the cards.
    """
    headers = {"X-API-Key": key} if key else {}
    try:
        answer = httpx.get(f"{url}/models", headers=headers, timeout=seconds, trust_env=False)
    except httpx.TimeoutException:
        raise Unavailable(f"the API did not answer in {seconds:g} s; ask again") from None
    except httpx.TransportError as error:
        raise Unavailable(f"the API does not answer: {error}") from None
    if answer.status_code != httpx.codes.OK:
        raise Unavailable(f"the API answers {answer.status_code} to a question for its models")
    cards: list[dict[str, Any]] = answer.json()["models"]
    return cards


def show_models_of(console: Console, url: str, key: str | None = None) -> None:
    """Shows the models of the API at that address, or why they are not known."""
    try:
        show_models(console, cards_of(url, key))
    except Unavailable as error:
        say(console, f"models: {error}")


def show_models(console: Console, cards: list[dict[str, Any]]) -> None:
    """Shows the models as a table if there are any, and why a spec is not valid."""
    if cards:
        table = Table("model", "state", "version", "metric", box=None)
        for card in cards:
            table.add_row(*map(printable, (card["name"], card["state"], *_champion(card))))
        console.print(table)
    for card in cards:
        # An API of an earlier release does not have this key.
        if said := card.get("spec_error"):
            console.print(f"{card['name']}: {said}", markup=False, highlight=False, soft_wrap=True)


def held_out(card: Mapping[str, Any]) -> str:
    """Says how good the champion was on the rows held out; nothing where there is none."""
    champion = card.get("champion")
    if champion is None:
        return ""
    version, metric = _champion(card)
    told = f"version {version}: {metric} on {champion['holdout_rows']:,} rows held out"
    return told + (ONE_LABEL if _answers_as_one_label(card) else "")


def _answers_as_one_label(card: Mapping[str, Any]) -> bool:
    """Tells whether the labels answered are no better than the same one for every row.

    A model of a rare class may tell rows apart by its probabilities, and be promoted for that,
    while no row's is above a half.
    """
    metrics, labels = card["champion"]["metrics"], card["contract"].get("classes")
    return bool(labels) and math.isclose(metrics.get("balanced_accuracy", 1), 1 / len(labels))


def _champion(card: Mapping[str, Any]) -> tuple[str, str]:
    champion = card["champion"]
    if champion is None:
        return "", ""
    metric = champion["metric"]
    value = float(champion["metrics"][metric])
    # An error of a number may be of any size.
    return champion["version"], f"{metric} {value:.3f}" if abs(
        value
    ) < 10 else f"{metric} {value:.6g}"
