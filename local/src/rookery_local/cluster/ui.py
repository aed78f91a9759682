"""The user interfaces of an installation, each at a port of this machine."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from rookery_local.cluster.forward import forwarded
from rookery_local.cluster.namespace import Namespace, NotThere
from rookery_local.cluster.request_options import KEY_VARIABLE
from rookery_local.cluster.secret_reference import referenced
from rookery_local.process.ports import preferred

MLFLOW, MINIO, NOTEBOOK, API = "MLflow", "MinIO", "Notebook", "API"


@dataclass(frozen=True)
class Interface:
    """A Service that a person opens in a browser."""

    title: str
    service: str
    port: str
    local: int
    """The port of this machine that it gets if that is free."""


INTERFACES = (
    Interface(API, "api", "http", 8000),
    Interface(MLFLOW, "mlflow", "http", 5000),
    Interface(MINIO, "minio", "console", 9001),
    Interface(NOTEBOOK, "notebook", "http", 8888),
)

LOGINS = {
    API: {"key": KEY_VARIABLE},
    MLFLOW: {"user admin, password": "ROOKERY_USER_ADMIN_PASSWORD"},
    MINIO: {"user": "MINIO_ROOT_USER", "password": "MINIO_ROOT_PASSWORD"},
    NOTEBOOK: {"token": "JUPYTER_TOKEN"},
}
"""What an interface may ask a person for, and the variable of its Deployment that has it."""


@contextmanager
def opened(namespace: Namespace) -> Iterator[list[str]]:
    """Opens every interface that is installed for the time of the block; yields lines to print.

    They name the address of each interface, and the command that prints what it asks for. The
    secrets themselves are not printed.
    """
    with ExitStack() as held:
        lines = []
        for each in INTERFACES:
            try:
                way = forwarded(namespace, each.service, each.port, preferred(each.local))
                url = held.enter_context(way)
            except NotThere:
                continue
            lines.append(f"{each.title:9} {url}/")
            lines += [f"{'':9} {line}" for line in login(namespace, each)]
        yield lines


def login(namespace: Namespace, interface: Interface) -> list[str]:
    """Writes the command that prints each thing the interface asks a person for."""
    asked = LOGINS.get(interface.title, {}).items()
    found = {what: referenced(namespace, interface.service, name) for what, name in asked}
    return [f"{what}: {where.command(namespace)}" for what, where in found.items() if where]
