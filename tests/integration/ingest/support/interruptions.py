"""Interruptions of an ingest at every step, and what has to be true after each.

A lock that the step's first statement waits for holds the ingest there. It is killed, and run
again. The integration tests try a sample of the steps, the torture tests all.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

import psycopg2
from psycopg2.sql import SQL, Identifier
from tests.integration.ingest.support.ingested_model import (
    IngestedModel,
    connected,
    finished,
    table,
)

from rookery_core.database.names import PROCESSED, RAW
from rookery_core.errors import Refused
from rookery_core.settings import PostgresSettings
from rookery_local.servers.postgres import Postgres

SECONDS = 60.0
POLL_SECONDS = 0.05
BAD = "Emu,Dream,39,18,181,3750,MALE"


@dataclass(frozen=True)
class Hold:
    """A lock on a table, so that an ingest stops at a step."""

    database: str
    table: str
    """`{model}` stands for the model's own."""
    mode: str


HOLDS = {
    "before anything": Hold(RAW, "batches", "ACCESS EXCLUSIVE"),
    "raw records begun": Hold(RAW, "{model}", "EXCLUSIVE"),
    "raw records copied, batch not yet": Hold(RAW, "batches", "EXCLUSIVE"),
    "raw committed": Hold(PROCESSED, "{model}", "EXCLUSIVE"),
    "rows staged": Hold(PROCESSED, "quarantine", "EXCLUSIVE"),
    "rows inserted, batch not yet": Hold(PROCESSED, "batches", "EXCLUSIVE"),
}
"""Where an ingest of a second, grown source is held: each step comes after the one before it."""

FIRST_HOLDS = {
    "raw records begun": Hold(RAW, "{model}", "ACCESS SHARE"),
    "raw records copied, batch not yet": Hold(RAW, "batches", "EXCLUSIVE"),
    "rows loaded": Hold(PROCESSED, "quarantine", "EXCLUSIVE"),
    "key built, batch not yet": Hold(PROCESSED, "batches", "EXCLUSIVE"),
}
"""Where an ingest of a first source is held."""

REBUILD_HOLDS = {
    "old table still there": Hold(PROCESSED, "{model}", "ACCESS SHARE"),
    "old batches still there": Hold(PROCESSED, "batches", "EXCLUSIVE"),
    "rows staged": Hold(PROCESSED, "quarantine", "EXCLUSIVE"),
}
"""Where a rebuild for a changed spec is held."""


def begin(model: IngestedModel) -> None:
    """Makes a first source; the tables are as a first ingest finds them."""
    model.write(table())
    with suppress(Refused):
        model.ingest()
    model.write(table(BAD, *["Adelie,Dream,39.9,18.8,182,3800,FEMALE"] * 2, good=28))


def assert_begun(model: IngestedModel) -> None:
    """Checks that the first source is in; nothing was lost and nothing doubled."""
    assert [(each.batch, each.rows_in, each.loaded) for each in model.batches()] == [(1, 31, 30)]
    assert len(model.raw()) == 31
    model.assert_accounted()


def grow(model: IngestedModel) -> None:
    """Ingests a first source, and makes a second one with more rows."""
    model.ingest(table(BAD, good=25))
    model.write(table(BAD, *["Adelie,Dream,39.9,18.8,182,3800,FEMALE"] * 2, good=28))


def assert_grown(model: IngestedModel) -> None:
    """Checks that both sources are in; nothing was lost and nothing doubled."""
    assert [(each.batch, each.rows_in, each.loaded) for each in model.batches()] == [
        (1, 26, 25),
        (2, 31, 5),
    ]
    assert len(model.raw()) == 57
    model.assert_accounted()


def respecify(model: IngestedModel) -> None:
    """Ingests two sources, and changes the spec."""
    grow(model)
    model.ingest()
    document = model.spec.model_dump(mode="json")
    document["columns"][5]["range"] = [1000, 9000]
    document["columns"][0]["values"].append("Emu")
    model.change(columns=document["columns"])


def assert_respecified(model: IngestedModel) -> None:
    """Checks that all rows of both sources are there as the new spec wants them."""
    assert [(each.batch, each.rows_in, each.loaded) for each in model.batches()] == [
        (1, 26, 26),
        (2, 31, 5),
    ]
    assert {each.table_digest for each in model.batches()} == {model.spec.table_digest}
    assert model.quarantine() == []
    model.assert_accounted()


def killed_at(model: IngestedModel, admin: PostgresSettings, hold: Hold) -> None:
    """Kills an ingest where the hold stops it; the databases go on."""
    with held(model, admin, hold) as is_waiting:
        process = model.start()
        _until(lambda: is_waiting() or process.poll() is not None)
        process.kill()
        _, stderr = process.communicate(timeout=SECONDS)
    assert process.returncode == -signal.SIGKILL, stderr


def server_killed_at(model: IngestedModel, server: Postgres, hold: Hold) -> None:
    """Kills PostgreSQL where the hold stops an ingest, which then ends by itself with 1."""
    with held(model, server.admin, hold) as is_waiting:
        process = model.start()
        _until(lambda: is_waiting() or process.poll() is not None)
        os.killpg(server.process.pid, signal.SIGKILL)
        code, events = finished(process)
    server.stop()
    server.start()
    assert code == 1, events
    assert events[-1]["event"] == "failed"
    assert events[-1]["error"] == "Unavailable"


def rerun(model: IngestedModel) -> None:
    """Runs an ingest that nothing disturbs."""
    code, events = model.run()
    assert code == 0, events


@contextmanager
def held(model: IngestedModel, admin: PostgresSettings, hold: Hold) -> Iterator[Callable[[], bool]]:
    """Locks the table for the block; yields a function that says whether somebody waits for it."""
    schema = "raw" if hold.database == RAW else "processed"
    name = Identifier(schema, hold.table.format(model=model.spec.name))
    with (
        closing(connected(admin, hold.database)) as holder,
        closing(connected(admin, hold.database)) as watcher,
        holder.cursor() as cursor,
        watcher.cursor() as watch,
    ):
        watcher.autocommit = True
        cursor.execute(SQL("LOCK TABLE {} IN {} MODE").format(name, SQL(hold.mode)))

        def is_waiting() -> bool:
            watch.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
            )
            [(count,)] = watch.fetchall()
            return bool(count)

        yield is_waiting
        with suppress(psycopg2.Error):  # the server may be gone, and the lock with it
            holder.rollback()


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "the ingest never came to where it is held"
        time.sleep(POLL_SECONDS)
