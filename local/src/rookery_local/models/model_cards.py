"""The cards of the models: what the API says of each, and how a person sees it."""

from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from rookery_local.console.terminal import printable

CARDS_SECONDS = 10
"""The cards of all models may take longer on a busy machine; a part is not down for that."""


def cards_of(url: str, key: str | None = None) -> list[dict[str, Any]]:
    """What the API at that address says of each model; empty where it does not answer."""
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
    """A person sees the models, where there are any, and why the spec of one is not valid."""
    if cards:
        table = Table("model", "state", "version", "metric", box=None)
        for card in cards:
            table.add_row(*map(printable, (card["name"], card["state"], *_champion(card))))
        console.print(table)
    for card in cards:
        # An API of an earlier release does not tell it.
        if said := card.get("spec_error"):
            console.print(f"{card['name']}: {said}", markup=False, highlight=False, soft_wrap=True)


def _champion(card: dict[str, Any]) -> tuple[str, str]:
    champion = card["champion"]
    if champion is None:
        return "", ""
    metric = champion["metric"]
    return champion["version"], f"{metric} {champion['metrics'][metric]:.3f}"
