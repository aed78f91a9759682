"""The state of a stack as it answers now: its parts and its models."""

from typing import Any

import httpx
import psycopg2
from rich.console import Console
from rich.table import Table

from rookery_core.settings import PostgresSettings
from rookery_local.stack import PARTS, Stack
from rookery_local.terminal import printable

PROBE_SECONDS = 3
CARDS_SECONDS = 10
"""The cards of all models may take longer on a busy machine; a part is not down for that."""
MANAGEMENT = "api management"
"""The API's second address, of metrics and health."""


def parts(stack: Stack) -> dict[str, tuple[str, bool]]:
    """Of each part its address and whether it answers."""
    store = stack.object_store.settings.endpoint_url or ""
    api, mlflow = stack.addresses.api_url, stack.addresses.mlflow_url
    management = stack.addresses.management_url
    answers = (
        (f"127.0.0.1:{stack.addresses.postgres}", _accepts(stack.postgres.admin)),
        (store, _responds(store)),
        (mlflow, _responds(f"{mlflow}/health")),
        (api, _responds(f"{api}/readyz", ok_only=True)),
        (f"{management}/metrics", _responds(f"{management}/healthz", ok_only=True)),
    )
    return dict(zip((*PARTS, MANAGEMENT), answers, strict=True))


def models(stack: Stack) -> list[dict[str, Any]]:
    """What the API says of each model; empty where it does not answer."""
    return cards_of(stack.addresses.api_url)


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


def show(console: Console, stack: Stack) -> bool:
    """A person sees the parts and the models; returns whether every part answers."""
    found = parts(stack)
    table = Table("part", "address", "state", box=None)
    for part, (address, answers) in found.items():
        table.add_row(part, address, "up" if answers else "does not answer")
    console.print(table)
    show_models(console, models(stack))
    return all(answers for _, answers in found.values())


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


def _responds(url: str, ok_only: bool = False) -> bool:
    try:
        answer = httpx.get(url, timeout=PROBE_SECONDS, trust_env=False)
    except httpx.TransportError:
        return False
    return answer.status_code == httpx.codes.OK or not ok_only


def _accepts(settings: PostgresSettings) -> bool:
    try:
        psycopg2.connect(
            host=settings.host,
            port=settings.port,
            user=settings.user,
            password=settings.password.get_secret_value(),
            dbname="postgres",
            sslmode=settings.sslmode,
            connect_timeout=PROBE_SECONDS,
        ).close()
    except psycopg2.OperationalError:
        return False
    return True
