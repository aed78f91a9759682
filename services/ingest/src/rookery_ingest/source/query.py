"""A PostgreSQL source: where it may be, who asks, and what its reader is told."""

import os
from collections.abc import Sequence
from typing import Any

import certifi
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.errors import Refused, Unavailable
from rookery_core.settings import PostgresSettings
from rookery_core.spec.source import Source
from rookery_ingest.source.addresses import Address, check, host_name, kind, listed
from rookery_ingest.source.checked_transport import resolved
from rookery_ingest.source.memory import reader_memory
from rookery_ingest.source.redaction import redacted
from rookery_ingest.source.settings import SourceSettings

PORT = 5432
_CONNECT_SECONDS = 10


def query_request(
    source: Source,
    settings: SourceSettings,
    own: PostgresSettings,
    *,
    columns: Sequence[str],
    key: Sequence[str],
) -> dict[str, Any]:
    """Returns what the reader of a query is told: addresses that were checked, user, statement.

    Raises:
        Refused: an address is not allowed, the server is our own, or there are no credentials.
        Unavailable: the host has no address, or our own server does not answer.
    """
    host, port, database = place_of(source.url)
    user, password = credentials_of(source)
    addresses = _addresses(host, port, settings)
    _check_foreign(source, addresses, port, own)
    return {
        "connection": {
            "host": ",".join([host] * len(addresses)),
            "hostaddr": ",".join(map(str, addresses)),
            "port": ",".join([str(port)] * len(addresses)),
            "dbname": database,
            "user": user,
            "password": password,
            "passfile": "/dev/null",
            "gssencmode": "disable",
            "sslcertmode": "disable",
            "application_name": "rookery-ingest",
            "connect_timeout": _CONNECT_SECONDS,
            **encryption(addresses),
        },
        "query": source.query,
        "columns": list(columns),
        "key": list(key),
        "seconds": int(settings.source_seconds),
        "first_connection": settings.first_connection_seconds,
        "own_identifier": _identifier(own),
        "memory": reader_memory(settings.reader_bytes),
    }


def place_of(url: str) -> tuple[str, int, str]:
    """Returns the host, the port and the database that an address names.

    Raises:
        Refused: the host is no name and no address, or the port is none.
    """
    place, _, database = url.removeprefix("postgresql://").partition("/")
    name, colon, number = place.rpartition(":")
    if not colon or place.endswith("]"):
        name, number = place, str(PORT)
    if not number.isdecimal() or not 0 < int(number[:6]) < 2**16:
        raise Refused(f"{redacted(url)} has no port {number!r}; correct the spec's source.url")
    return host_name(name.removeprefix("[").removesuffix("]")), int(number), database


def credentials_of(source: Source) -> tuple[str, str]:
    """Reads user and password of the named credentials from the environment."""
    name = source.credentials.upper().replace("-", "_")
    names = [f"ROOKERY_SOURCE_{name}_{part}" for part in ("USER", "PASSWORD")]
    if not name:
        raise Refused(
            f"{redacted(source.url)} is asked by a user with a password; name them by the spec's "
            "source.credentials"
        )
    missing = [each for each in names if not os.environ.get(each)]
    if missing:
        raise Refused(
            f"source.credentials is {source.credentials!r}, and {' and '.join(missing)} are not in "
            f"the environment; set them (in a cluster: keys user and password of Secret "
            f"{source.credentials})"
        )
    return os.environ[names[0]], os.environ[names[1]]


def _addresses(host: str, port: int, settings: SourceSettings) -> tuple[Address, ...]:
    try:
        addresses = resolved(host, port)
    except OSError as error:
        raise Unavailable(
            f"the name {host} could not be resolved: {error.strerror or error}; correct the "
            "spec's source.url, or run the job again"
        ) from None
    check(host, port, addresses, listed(settings.source_allowed))
    return addresses


def _check_foreign(
    source: Source, addresses: Sequence[Address], port: int, own: PostgresSettings
) -> None:
    try:
        ours = set(resolved(own.host, own.port))
    except OSError:
        # A folder of a socket, or a name that only the driver knows: its identity is compared.
        ours = set()
    if port == own.port and ours & set(addresses):
        raise Refused(
            f"{redacted(source.url)} is Rookery's own PostgreSQL, whose data no spec may read; "
            "name another server in the spec's source.url"
        )


def encryption(addresses: Sequence[Address]) -> dict[str, str]:
    """Returns how the connection is protected: TLS that proves the name, on the way to the world.

    A server inside, which the operator lists, may have none; then no password goes in plain.
    """
    if any(kind(address) is None for address in addresses):
        authority = os.environ.get("SSL_CERT_FILE") or certifi.where()
        return {"sslmode": "verify-full", "sslrootcert": authority}
    return {"sslmode": "prefer", "require_auth": "scram-sha-256,md5"}


def _identifier(own: PostgresSettings) -> str:
    """Returns the identity of our own server."""
    to = engine(own, PROCESSED)
    try:
        with to.connect() as connection:
            found = connection.execute(
                text("SELECT system_identifier::text FROM pg_control_system()")
            )
            return str(found.scalar_one())
    except DBAPIError as error:
        raise Unavailable(f"our own PostgreSQL could not be asked: {error.orig}") from None
    finally:
        to.dispose()
