"""Work under a lock on a real server, begun again or not."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.errors import Refused, Unavailable
from rookery_core.settings import PostgresSettings
from rookery_local.servers.postgres import Postgres
from rookery_trainer.locks.lock import HeldLock, LockLost, LockTaken, LockTimes, locked
from rookery_trainer.locks.retry import LockAttempts, RetryPolicy

QUICK = LockTimes(wait=0.2, poll=0.02, idle=10)
PATIENT = RetryPolicy(event="again", losses=2, outage=60)
IMPATIENT = RetryPolicy(event="again", losses=2)


@pytest.fixture
def trainer(postgres: Postgres) -> PostgresSettings:
    """How the trainer's role connects."""
    return postgres.settings("trainer")


def end_session(lock: HeldLock, postgres: Postgres) -> None:
    """Lets the server end the session that holds the lock."""
    pid = lock.execute(text("SELECT pg_backend_pid()")).scalar_one()
    administrator = engine(postgres.admin, PROCESSED)
    with administrator.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    administrator.dispose()


class Work:
    """Counts how often it is begun, and then does what it is told."""

    def __init__(self, act: Callable[[HeldLock, int], None]) -> None:
        self.begun = 0
        self._act = act

    def run(self, trainer: PostgresSettings, name: str, policy: RetryPolicy) -> None:
        """Does the work under the lock `name`."""
        for attempt in LockAttempts(trainer, name, QUICK, policy):
            with attempt as lock:
                self.begun += 1
                self._act(lock, self.begun)


def test_work_that_ends_is_done_once_and_gives_the_lock_back(trainer: PostgresSettings) -> None:
    work = Work(lambda lock, _: lock.require())

    work.run(trainer, "once", PATIENT)

    assert work.begun == 1
    with locked(trainer, "once", QUICK) as lock:
        lock.require()


def test_work_begins_again_when_its_lock_was_lost(
    trainer: PostgresSettings, postgres: Postgres
) -> None:
    def act(lock: HeldLock, begun: int) -> None:
        if begun <= IMPATIENT.losses:
            end_session(lock, postgres)
        lock.require()

    work = Work(act)

    work.run(trainer, "lost", IMPATIENT)

    assert work.begun == 1 + IMPATIENT.losses


def test_a_lock_that_is_lost_too_often_ends_the_work(
    trainer: PostgresSettings, postgres: Postgres
) -> None:
    def act(lock: HeldLock, _: int) -> None:
        end_session(lock, postgres)
        lock.require()

    work = Work(act)

    with pytest.raises(LockLost):
        work.run(trainer, "lost again", PATIENT)

    assert work.begun == 1 + PATIENT.losses


def test_work_begins_again_after_an_outage_where_the_policy_waits(
    trainer: PostgresSettings,
) -> None:
    def act(_: HeldLock, begun: int) -> None:
        if begun == 1:
            raise Unavailable("a server is away")

    work = Work(act)

    work.run(trainer, "outage", PATIENT)

    assert work.begun == 2


@pytest.mark.parametrize(
    ("policy", "error"),
    [(IMPATIENT, Unavailable("away")), (PATIENT, Refused("no")), (PATIENT, ZeroDivisionError())],
)
def test_what_the_policy_does_not_excuse_is_raised_at_once(
    trainer: PostgresSettings, policy: RetryPolicy, error: Exception
) -> None:
    def act(_: HeldLock, begun: int) -> None:
        raise error

    work = Work(act)

    with pytest.raises(type(error)):
        work.run(trainer, "raised", policy)

    assert work.begun == 1


def test_nobody_works_while_another_holds_the_lock(trainer: PostgresSettings) -> None:
    work = Work(lambda lock, _: lock.require())

    with locked(trainer, "taken", QUICK), pytest.raises(LockTaken):
        work.run(trainer, "taken", IMPATIENT)

    assert work.begun == 0


def test_work_that_the_database_refuses_every_time_is_not_begun_again(
    trainer: PostgresSettings,
) -> None:
    def ask(_lock: HeldLock, _begun: int) -> None:
        connected = engine(trainer, PROCESSED)
        with connected.connect() as connection:
            connection.execute(text("SELECT nothing"))

    work = Work(ask)

    with pytest.raises(DBAPIError, match="nothing"):
        work.run(trainer, "wrong", PATIENT)

    assert work.begun == 1
