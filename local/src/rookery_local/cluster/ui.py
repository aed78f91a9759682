"""The user interfaces of an installation, each behind a port of this machine."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from rookery_local.cluster.forward import forwarded
from rookery_local.cluster.namespace import Namespace, NotThere
from rookery_local.cluster.upload import ACCESS_KEY, SECRET, SECRET_KEY
from rookery_local.ports import preferred
from rookery_local.signals import Interrupted

MLFLOW, MINIO, NOTEBOOK, API = "MLflow", "MinIO", "Notebook", "API"


@dataclass(frozen=True)
class Interface:
    """A Service that a person opens in a browser."""

    title: str
    service: str
    port: str
    local: int
    """The port of this machine that it gets where that is free."""


INTERFACES = (
    Interface(API, "api", "http", 8000),
    Interface(MLFLOW, "mlflow", "http", 5000),
    Interface(MINIO, "minio", "console", 9001),
    Interface(NOTEBOOK, "notebook", "http", 8888),
)


@contextmanager
def opened(namespace: Namespace) -> Iterator[list[str]]:
    """Within, every interface that is installed answers; a line for each says where, and how to
    log in."""
    with ExitStack() as held:
        lines = []
        for each in INTERFACES:
            try:
                way = forwarded(namespace, each.service, each.port, preferred(each.local))
                url = held.enter_context(way)
            except NotThere:
                continue
            lines.append(f"{each.title:9} {_address(namespace, each, url)}")
        yield lines


def hold() -> None:
    """Returns after Ctrl-C, which is how a person ends what stays up in the terminal."""
    try:
        while True:
            signal.pause()
    except Interrupted as interrupted:
        if not interrupted.was_asked_for:
            raise


def _address(namespace: Namespace, interface: Interface, url: str) -> str:
    if interface.title == NOTEBOOK:
        return f"{url}/lab?token={namespace.secret_or_nothing('notebook').get('token', '')}"
    if interface.title == MINIO:
        keys = namespace.secret_or_nothing(SECRET)
        user, password = keys.get(ACCESS_KEY, "as set"), keys.get(SECRET_KEY, "as set")
        return f"{url}/  (user {user}, password {password})"
    return f"{url}/"
