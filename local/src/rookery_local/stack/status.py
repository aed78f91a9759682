"""The parts of a stack, and whether they answer now."""

import httpx
import psycopg2
from rich.console import Console
from rich.table import Table

from rookery_core.settings import PostgresSettings
from rookery_local.stack.stack import PARTS, Stack

PROBE_SECONDS = 3
MANAGEMENT = "api management"
"""The second address of the API, for metrics and health."""


def parts(stack: Stack) -> dict[str, tuple[str, bool]]:
    """Asks each part; returns its address and whether it answers."""
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


def show_parts(console: Console, stack: Stack) -> bool:
    """Shows the parts as a table; returns whether every part answers."""
    found = parts(stack)
    table = Table("part", "address", "state", box=None)
    for part, (address, answers) in found.items():
        table.add_row(part, address, "up" if answers else "does not answer")
    console.print(table)
    return all(answers for _, answers in found.values())


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
