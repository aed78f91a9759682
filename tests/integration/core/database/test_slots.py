"""Slots on a real server: so many programs work at once, whatever becomes of each."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text
from tests.some import some

from rookery_core.database.connection import database_url, engine
from rookery_core.database.locks import session_lock
from rookery_core.database.names import PROCESSED
from rookery_core.database.slots import Slots
from rookery_core.settings import PostgresSettings
from rookery_core.waiting import Wait, poll_until
from rookery_local.process.settings_environment import environment_of
from rookery_local.servers.postgres import Postgres

COUNT = 2
END_SESSIONS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'trainer'"
)
WORK = """
import sys, time
from rookery_core import logs
from rookery_core.database.slots import Slots, SlotSettings
from rookery_core.settings import PostgresSettings

logs.configure()
with Slots(PostgresSettings(), SlotSettings().count).one():
    print(f"begin {time.monotonic()}", flush=True)
    time.sleep(float(sys.argv[1]))
    print(f"end {time.monotonic()}", flush=True)
"""


@dataclass(frozen=True)
class Program:
    """A program of an installation, which works for some seconds in a slot."""

    process: "subprocess.Popen[str]"
    log: Path

    def events(self, name: str) -> list[dict[str, object]]:
        """Reads its events of that name so far."""
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def times(self, what: str) -> list[float]:
        """Reads when it began, or ended."""
        said = self.log.read_text().splitlines()
        return [float(line.split()[1]) for line in said if line.startswith(what)]

    def await_event(self, name: str) -> None:
        """Waits until it has written that event."""
        poll_until(lambda: self.events(name) or None, Wait(60, 0.05), self.log.read_text)


@contextmanager
def working(
    settings: PostgresSettings, folder: Path, seconds: float, count: int = COUNT
) -> Iterator[Program]:
    """Starts such a program; ends it with the block."""
    log = folder / f"{len(list(folder.iterdir()))}.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", WORK, str(seconds)],
            env={**environment_of(settings), "ROOKERY_SLOT_COUNT": str(count)},
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        yield Program(process, log)
    finally:
        process.kill()
        process.wait()


def test_programs_of_all_roles_work_no_more_than_so_many_at_once_and_all_end(
    postgres: Postgres, tmp_path: Path
) -> None:
    roles = ["ingest", "trainer"] * 4
    with ExitStack() as all_of_them:
        programs = [
            all_of_them.enter_context(working(postgres.settings(role), tmp_path, 0.3))
            for role in roles
        ]
        codes = [each.process.wait(120) for each in programs]

    assert codes == [0] * len(roles)
    spans = [(each.times("begin")[0], each.times("end")[0]) for each in programs]
    at_once = [sum(begin <= at < end for begin, end in spans) for at, _ in some(spans)]
    assert max(at_once) == COUNT


def test_one_that_is_killed_in_its_slot_leaves_it_to_the_next(
    postgres: Postgres, tmp_path: Path
) -> None:
    settings = postgres.settings("trainer")
    with working(settings, tmp_path, 600, count=1) as first:
        first.await_event("has a slot")
        with working(settings, tmp_path, 0, count=1) as second:
            second.await_event("waiting for a slot")

            first.process.kill()

            killed = time.monotonic()
            assert second.process.wait(60) == 0
            assert time.monotonic() - killed < 10


def test_one_that_waits_goes_on_where_the_server_ended_its_session(
    postgres: Postgres, tmp_path: Path
) -> None:
    trainer = postgres.settings("trainer")
    with (
        Slots(postgres.settings("ingest"), 1).one(),
        working(trainer, tmp_path, 0, count=1) as program,
    ):
        program.await_event("waiting for a slot")

        with engine(postgres.admin, PROCESSED).connect() as admin:
            admin.execute(END_SESSIONS)
        program.await_event("waiting for a slot again")

        assert program.process.poll() is None
        assert not program.times("begin")


def test_one_whose_session_ended_while_it_works_ends_well(
    postgres: Postgres, tmp_path: Path
) -> None:
    with working(postgres.settings("trainer"), tmp_path, 2, count=1) as program:
        program.await_event("has a slot")

        with engine(postgres.admin, PROCESSED).connect() as admin:
            assert admin.execute(END_SESSIONS).all() == [(True,)]

        assert program.process.wait(60) == 0


def test_slots_are_in_use_while_one_is_held_and_locks_of_other_names_are_none(
    postgres: Postgres,
) -> None:
    ingest, trainer = (Slots(postgres.settings(role), COUNT) for role in ("ingest", "trainer"))
    database = database_url(postgres.settings("trainer"), PROCESSED)

    with session_lock(database, "promotion:sex", 1):
        before = trainer.in_use()
    with ingest.one():
        during = trainer.in_use()

    assert (before, during, trainer.in_use()) == (False, True, False)


def test_where_nobody_answers_no_slot_is_in_use_and_a_count_of_zero_asks_for_none() -> None:
    nobody = PostgresSettings(host="127.0.0.1", port=1, user="trainer", password=SecretStr("none"))

    with Slots(nobody, 0).one():
        in_use = Slots(nobody, COUNT).in_use()

    assert not in_use
