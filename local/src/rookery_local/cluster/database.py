"""The PostgreSQL of the chart, reached by a forward as a role that reads."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from rookery_core.database.names import ROLE_NOTEBOOK
from rookery_core.settings import PostgresSettings
from rookery_local.cluster.forward import forwarded
from rookery_local.cluster.namespace import Namespace, NotThere
from rookery_local.cluster.secret_reference import SecretReference, referenced
from rookery_local.process.ports import LOOPBACK, free_ports

SERVER = PORT = "postgresql"
"""The name of the Deployment and the Service, and of the Service's port."""
ADMINISTRATOR = "POSTGRES_PASSWORD"
"""The variable of the Deployment; its Secret has the passwords of all roles, each by its name."""


@contextmanager
def notebook_database(namespace: Namespace) -> Iterator[PostgresSettings]:
    """Leads a port of this machine to PostgreSQL; yields how role `notebook` connects there.

    Raises:
        NotThere: the release has no PostgreSQL of its own, or no password of the role.
        Unavailable: no pod of it is ready.
    """
    found = referenced(namespace, SERVER, ADMINISTRATOR)
    if found is None:
        raise NotThere(
            f"namespace {namespace.name!r} has no PostgreSQL of its own; read yours: table "
            "processed.quarantine of database processed_data"
        )
    password = SecretReference(found.secret, ROLE_NOTEBOOK).value(namespace)
    local = free_ports(1)[0]
    with forwarded(namespace, SERVER, PORT, local):
        yield PostgresSettings(
            host=LOOPBACK, port=local, user=ROLE_NOTEBOOK, password=SecretStr(password)
        )
