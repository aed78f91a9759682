"""The cards of the models: what the API says of each, shown as a table."""

from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from rookery_local.console.terminal import printable

CARDS_SECONDS = 10
"""Longer than a probe: on a busy machine the cards of all models may take some seconds."""


def cards_of(url: str, key: str | None = None) -> list[dict[str, Any]]:
    """Asks the API at that address for the card of each model; empty if it does not answer."""
    headers = {"X-API-Key": key} if key else {}
    try:
        answer = httpx.get(f"{url}/models", headers=headers, timeout=CARDS_SECONDS, trust_env=False)
    except httpx.TransportError:
        return []
    if answer.status_code != httpx.codes.OK:
        return []
    cards: list[dict[str, Any]] = answer.json()["models"]
    return cards


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


def _champion(card: dict[str, Any]) -> tuple[str, str]:
    champion = card["champion"]
    if champion is None:
        return "", ""
    metric = champion["metric"]
    return champion["version"], f"{metric} {champion['metrics'][metric]:.3f}"
