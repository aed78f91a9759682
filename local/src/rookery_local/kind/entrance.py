"""Where the API of a cluster answers this machine: at the ingress of kind, or by a forward."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rookery_core.errors import Refused
from rookery_local.cluster.forward import forwarded
from rookery_local.cluster.namespace import Namespace
from rookery_local.kind.kind_cluster import kind_cluster
from rookery_local.process.ports import preferred

FORWARD_PORT = 8000
"""The port of this machine at which `rookery cluster ui` shows the API too."""


@contextmanager
def entrance(namespace: Namespace, config: Path) -> Iterator[tuple[str, bool]]:
    """Yields the address of the API, and whether it lasts longer than the block.

    Raises:
        NotThere: there is no Service of the API.
        Unavailable: no pod of it is ready.
    """
    if url := _ingress(namespace, config):
        yield url, True
        return
    with forwarded(namespace, "api", "http", preferred(FORWARD_PORT)) as url:
        yield url, False


def _ingress(namespace: Namespace, config: Path) -> str:
    """Finds the ingress if the namespace is in the cluster of the configuration; empty if not."""
    try:
        cluster = kind_cluster(config)
    except Refused:
        return ""
    return cluster.url if cluster.context == namespace.context else ""
