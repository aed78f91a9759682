"""At a first installation all parts start at once: the ingest waits for the database."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.integration.ingest.support.ingested_model import (
    IngestedModel,
    connected,
    finished,
    table,
)

from rookery_core.database.names import LOGIN_ROLES, PROCESSED
from rookery_local.servers.postgres import Postgres

WAIT_SECONDS = 90.0


def _bootstrap(server: Postgres, wait: float) -> "subprocess.Popen[str]":
    """Starts the real program, which makes what every part relies on."""
    admin = server.admin
    passwords = {role: server.settings(role).password for role in LOGIN_ROLES}
    return subprocess.Popen(
        [sys.executable, "-m", "rookery_ingest", "bootstrap"],
        env={
            **os.environ,
            "ROOKERY_INGEST_DATABASE_WAIT": str(wait),
            "ROOKERY_POSTGRES_HOST": admin.host,
            "ROOKERY_POSTGRES_PORT": str(admin.port),
            "ROOKERY_POSTGRES_USER": admin.user,
            "ROOKERY_POSTGRES_PASSWORD": admin.password.get_secret_value(),
            **{
                f"ROOKERY_ROLE_{role.upper()}_PASSWORD": password.get_secret_value()
                for role, password in passwords.items()
            },
        },
        stderr=subprocess.PIPE,
        text=True,
    )


def _first_event(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stderr is not None
    event: dict[str, Any] = json.loads(process.stderr.readline())
    return event


def test_all_parts_started_at_once_end_well(unstarted_postgres: Postgres, tmp_path: Path) -> None:
    model = IngestedModel(unstarted_postgres.settings("ingest"), tmp_path)
    model.write(table(good=20))
    run = model.start(database_wait=WAIT_SECONDS)
    assert _first_event(run)["event"] == "waiting for the database"
    unstarted_postgres.start()
    bootstrap = _bootstrap(unstarted_postgres, WAIT_SECONDS)

    code, _ = finished(bootstrap)
    assert code == 0
    code, events = finished(run)

    assert code == 0
    assert "waiting for the database" not in [event["event"] for event in events]
    assert len(model.rows()) == 20


def test_a_bootstrap_waits_for_the_server(unstarted_postgres: Postgres) -> None:
    process = _bootstrap(unstarted_postgres, WAIT_SECONDS)
    waiting = _first_event(process)
    unstarted_postgres.start()

    code, events = finished(process)

    assert (waiting["event"], waiting["database"]) == ("waiting for the database", "postgres")
    assert code == 0
    assert [event["event"] for event in events] == ["bootstrapped"]


@pytest.mark.parametrize("is_started", [False, True])
def test_what_does_not_come_in_time_may_be_tried_again(
    unstarted_postgres: Postgres, tmp_path: Path, is_started: bool
) -> None:
    model = IngestedModel(unstarted_postgres.settings("ingest"), tmp_path)
    if is_started:
        unstarted_postgres.start()

    code, events = finished(model.start(database_wait=1))

    assert code == 1
    assert [event["event"] for event in events] == ["waiting for the database", "failed"]
    assert events[-1]["error"] == "Unavailable"
    fault = "password authentication failed" if is_started else "onnection refused"
    assert fault in events[0]["reason"]
    assert fault in events[-1]["reason"]
    assert "rookery-ingest bootstrap" in events[-1]["reason"]


def test_a_schema_that_is_not_there_is_named(own_postgres: Postgres, tmp_path: Path) -> None:
    model = IngestedModel(own_postgres.settings("ingest"), tmp_path)
    with closing(connected(own_postgres.admin, PROCESSED)) as connection:
        connection.cursor().execute("DROP SCHEMA processed CASCADE")
        connection.commit()

    code, events = finished(model.start())

    assert code == 1
    assert "it has no schema 'processed'" in events[-1]["reason"]


def test_a_stop_ends_the_wait(unstarted_postgres: Postgres, tmp_path: Path) -> None:
    process = IngestedModel(unstarted_postgres.settings("ingest"), tmp_path).start(
        database_wait=WAIT_SECONDS
    )
    _first_event(process)

    process.send_signal(signal.SIGTERM)

    assert finished(process) == (1, [])
