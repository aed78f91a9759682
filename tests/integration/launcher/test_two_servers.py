"""Two real PostgreSQL servers on one data folder, each as alone as in a pod of its own."""

import secrets
import subprocess
from contextlib import closing, suppress

import psycopg2
import pytest
from pydantic import SecretStr
from tests.integration.launcher.volume import WAITING, Launched, Volume
from tools.harness.polling import eventually

from rookery_local.process.ports import LOOPBACK, free_ports
from rookery_local.servers.postgres import ADMINISTRATOR, Postgres

NAMESPACES = ("unshare", "--pid", "--ipc", "--mount-proc", "--fork", "--kill-child")
"""In a pod of its own a server is process 1, and sees neither the other nor its shared memory."""


def apart() -> tuple[str, ...]:
    """What gives a program these namespaces; nothing where the kernel does not let us.

    There PostgreSQL itself would notice the other server, but only after the launcher.
    """
    done = subprocess.run([*NAMESPACES, "true"], capture_output=True, check=False)
    return () if done.returncode else NAMESPACES


class Server:
    """One of the two: its port, and how it is asked."""

    def __init__(self, volume: Volume, password: SecretStr) -> None:
        self.port = free_ports(1)[0]
        self.password = password
        server = Postgres(
            volume.folder, self.port, password, {}, volume.folder.parent / f"{self.port}.log"
        )
        self.launched: Launched = volume.run(*server.process.argv, before=apart())

    def connect(self) -> "psycopg2.extensions.connection":
        return psycopg2.connect(
            host=LOOPBACK,
            port=self.port,
            user=ADMINISTRATOR,
            password=self.password.get_secret_value(),
            dbname="postgres",
            connect_timeout=2,
        )

    @property
    def answers(self) -> bool:
        with suppress(psycopg2.OperationalError):
            self.connect().close()
            return True
        return False


@pytest.fixture
def password(volume: Volume) -> SecretStr:
    """Of the administrator of the server whose data the volume has."""
    made = SecretStr(secrets.token_urlsafe(24))
    server = Postgres(volume.folder, free_ports(1)[0], made, {}, volume.folder.parent / "log")
    server.start()
    server.stop()
    return made


ROWS = 500
"""That the first server acknowledges before it is killed."""


def test_no_acknowledged_row_is_lost_to_a_second_server(
    volume: Volume, password: SecretStr
) -> None:
    first = Server(volume, password)
    eventually(lambda: first.answers)
    with closing(first.connect()) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE acknowledged (number int PRIMARY KEY)")
        second = Server(volume, password)
        second.launched.said(WAITING)
        for number in range(ROWS):
            cursor.execute("INSERT INTO acknowledged VALUES (%s)", [number])

    assert not second.answers
    first.launched.kill()
    eventually(lambda: second.answers)

    with closing(second.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM acknowledged")
        assert cursor.fetchone() == (ROWS,)
