"""The embedded servers as the session fixtures start them."""

import os
import re
from pathlib import Path

import httpx
import psutil
import psycopg2
import pytest

from rookery_core.object_store import s3_client
from rookery_core.settings import PostgresSettings
from rookery_local.servers.object_store import PROBE, ObjectStore
from rookery_local.servers.postgres import Postgres
from rookery_local.servers.tracking_server import TrackingServer

RUNBOOK = Path(__file__).parents[4] / "docs" / "runbook.md"


def connect(settings: PostgresSettings, database: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=settings.host,
        port=settings.port,
        user=settings.user,
        password=settings.password.get_secret_value(),
        dbname=database,
    )


def test_each_role_logs_in_with_its_password(postgres: Postgres) -> None:
    for role, database in (("ingest", "raw_data"), ("trainer", "processed_data")):
        with connect(postgres.settings(role), database) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT current_user")

            assert cursor.fetchone() == (role,)
        connection.close()


def test_no_login_with_another_password(postgres: Postgres) -> None:
    wrong = postgres.settings("trainer").model_copy(
        update={"password": postgres.settings("ingest").password}
    )

    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        connect(wrong, "processed_data")


def test_a_reader_may_ask_what_the_runbook_asks(postgres: Postgres) -> None:
    [question] = re.findall(r"```sql\n(.*?)```", RUNBOOK.read_text(), re.DOTALL)

    with connect(postgres.settings("notebook"), "processed_data") as connection:
        cursor = connection.cursor()
        cursor.execute(question)

        assert [each.name for each in cursor.description or ()][:2] == ["epoch", "kind"]
    connection.close()


def test_artifacts_pass_through_the_tracking_server_into_the_bucket(
    tracking: TrackingServer, object_store: ObjectStore
) -> None:
    url = f"{tracking.settings.url}/api/2.0/mlflow-artifacts/artifacts/probe/a.txt"

    assert httpx.put(url, content=b"eggs").status_code == httpx.codes.OK

    assert httpx.get(url).content == b"eggs"
    stored = s3_client(object_store.settings, PROBE).get_object(
        Bucket=object_store.bucket, Key="probe/a.txt"
    )
    assert stored["Body"].read() == b"eggs"


def test_tracking_server_refuses_a_foreign_host_header(tracking: TrackingServer) -> None:
    url = f"{tracking.settings.url}/api/2.0/mlflow/experiments/search"

    answer = httpx.post(url, json={"max_results": 1}, headers={"Host": "evil.example"})

    assert answer.status_code == httpx.codes.FORBIDDEN


@pytest.mark.skipif(os.geteuid() != 0, reason="as an ordinary user PostgreSQL runs as that user")
def test_postgres_runs_without_privileges_where_we_are_root(postgres: Postgres) -> None:
    ids = psutil.Process(postgres.process.pid).uids()

    assert 0 not in ids
    assert Path(postgres.folder, "data").stat().st_uid == ids.real
