"""Interruptions of an ingest at every step, and what has to be true after each.

An ingest is held at a step by a lock that the step's first statement has to wait for, killed
there, and run again. Sampled in the integration tests, whole in torture.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

import psycopg2
from psycopg2.sql import SQL, Identifier
from tests.integration.ingest.workbench import Workbench, connected, finished, table

from rookery_core.databases import PROCESSED, RAW
from rookery_core.errors import Refused
from rookery_core.settings import PostgresSettings
from rookery_local.servers.postgres import Postgres

SECONDS = 60.0
POLL_SECONDS = 0.05
BAD = "Emu,Dream,39,18,181,3750,MALE"


@dataclass(frozen=True)
class Hold:
    """A table that somebody else has locked, so that an ingest stops at a step."""

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
    "rows inserted, account not yet": Hold(PROCESSED, "batches", "EXCLUSIVE"),
}
"""Where an ingest of a second, grown source is held: each step comes after the one before it."""

FIRST_HOLDS = {
    "raw records begun": Hold(RAW, "{model}", "ACCESS SHARE"),
    "raw records copied, batch not yet": Hold(RAW, "batches", "EXCLUSIVE"),
    "rows loaded": Hold(PROCESSED, "quarantine", "EXCLUSIVE"),
    "key built, account not yet": Hold(PROCESSED, "batches", "EXCLUSIVE"),
}
"""Where an ingest of a first source is held."""

REBUILD_HOLDS = {
    "old table still there": Hold(PROCESSED, "{model}", "ACCESS SHARE"),
    "old accounts still there": Hold(PROCESSED, "batches", "EXCLUSIVE"),
    "rows staged": Hold(PROCESSED, "quarantine", "EXCLUSIVE"),
}
"""Where a rebuild for a changed spec is held."""


def begin(bench: Workbench) -> None:
    """A first source is there, and the tables are as a first ingest finds them."""
    bench.write(table())
    with suppress(Refused):
        bench.ingest()
    bench.write(table(BAD, *["Adelie,Dream,39.9,18.8,182,3800,FEMALE"] * 2, good=28))


def assert_begun(bench: Workbench) -> None:
    """The first source is in; nothing was lost and nothing doubled."""
    assert [(each.batch, each.rows_in, each.loaded) for each in bench.accounts()] == [(1, 31, 30)]
    assert len(bench.raw()) == 31
    bench.assert_accounted()


def grow(bench: Workbench) -> None:
    """A first source is in, and the next one has more rows."""
    bench.ingest(table(BAD, good=25))
    bench.write(table(BAD, *["Adelie,Dream,39.9,18.8,182,3800,FEMALE"] * 2, good=28))


def assert_grown(bench: Workbench) -> None:
    """Both sources are in; nothing was lost and nothing doubled."""
    assert [(each.batch, each.rows_in, each.loaded) for each in bench.accounts()] == [
        (1, 26, 25),
        (2, 31, 5),
    ]
    assert len(bench.raw()) == 57
    bench.assert_accounted()


def respecify(bench: Workbench) -> None:
    """Two sources are in, and the spec has become another one."""
    grow(bench)
    bench.ingest()
    document = bench.spec.model_dump(mode="json")
    document["columns"][5]["range"] = [1000, 9000]
    document["columns"][0]["values"].append("Emu")
    bench.change(columns=document["columns"])


def assert_respecified(bench: Workbench) -> None:
    """All rows of both sources stand there as the new spec wants them."""
    assert [(each.batch, each.rows_in, each.loaded) for each in bench.accounts()] == [
        (1, 26, 26),
        (2, 31, 5),
    ]
    assert {each.table_digest for each in bench.accounts()} == {bench.spec.table_digest}
    assert bench.quarantine() == []
    bench.assert_accounted()


def killed_at(bench: Workbench, admin: PostgresSettings, hold: Hold) -> None:
    """An ingest was killed where the hold stops it; the databases go on."""
    with held(bench, admin, hold) as is_waiting:
        process = bench.start()
        _until(lambda: is_waiting() or process.poll() is not None)
        process.kill()
        _, stderr = process.communicate(timeout=SECONDS)
    assert process.returncode == -signal.SIGKILL, stderr


def server_killed_at(bench: Workbench, server: Postgres, hold: Hold) -> None:
    """PostgreSQL was killed where the hold stops an ingest, which then ended by itself with 1."""
    with held(bench, server.admin, hold) as is_waiting:
        process = bench.start()
        _until(lambda: is_waiting() or process.poll() is not None)
        os.killpg(server.process.pid, signal.SIGKILL)
        code, events = finished(process)
    server.stop()
    server.start()
    assert code == 1, events
    assert events[-1]["event"] == "failed"
    assert events[-1]["error"] == "Unavailable"


def rerun(bench: Workbench) -> None:
    """An ingest that nothing disturbs."""
    code, events = bench.run()
    assert code == 0, events


@contextmanager
def held(bench: Workbench, admin: PostgresSettings, hold: Hold) -> Iterator[Callable[[], bool]]:
    """The table is locked; the block is given what says whether somebody waits for it."""
    schema = "raw" if hold.database == RAW else "processed"
    name = Identifier(schema, hold.table.format(model=bench.spec.name))
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
