"""Locks on a real server."""

import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.errors import Unavailable
from rookery_core.settings import PostgresSettings
from rookery_local.servers.postgres import Postgres
from rookery_trainer.locks.lock import LockLost, LockTimes, locked

QUICK = LockTimes(wait=0.2, poll=0.02, idle=1)
HOLD = """
import sys
from rookery_core.settings import PostgresSettings
from rookery_trainer.locks.lock import LockTimes, locked

with locked(PostgresSettings(), sys.argv[1], LockTimes(wait=60)):
    print("inside", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def trainer(postgres: Postgres) -> PostgresSettings:
    """How the trainer's role connects."""
    return postgres.settings("trainer")


def holder(settings: PostgresSettings, name: str) -> "subprocess.Popen[str]":
    """Starts a process that takes the lock and keeps it until its standard input ends."""
    environment = {
        **os.environ,
        "ROOKERY_POSTGRES_HOST": settings.host,
        "ROOKERY_POSTGRES_PORT": str(settings.port),
        "ROOKERY_POSTGRES_USER": settings.user,
        "ROOKERY_POSTGRES_PASSWORD": settings.password.get_secret_value(),
    }
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, name],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_lock_keeps_others_out_until_it_is_given_back(trainer: PostgresSettings) -> None:
    with locked(trainer, "a", QUICK) as lock:
        assert lock.still_held()
        with pytest.raises(Unavailable, match="'a' was not free"), locked(trainer, "a", QUICK):
            pass
        with locked(trainer, "b", QUICK) as other:
            assert other.still_held()

    with locked(trainer, "a", QUICK) as lock:
        assert lock.still_held()


def test_holder_that_works_longer_than_the_idle_time_out_keeps_the_lock(
    trainer: PostgresSettings,
) -> None:
    with locked(trainer, "c", QUICK) as lock:
        # Computes, and says nothing to the server.
        until = time.monotonic() + 2.5 * QUICK.idle
        while time.monotonic() < until:
            sum(range(10_000))

        assert lock.still_held()


def test_lock_is_free_after_a_kill_of_its_holder(trainer: PostgresSettings) -> None:
    with holder(trainer, "d") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        process.kill()

    with locked(trainer, "d", LockTimes(wait=5, poll=0.01)) as lock:
        assert lock.still_held()


def test_waiting_for_a_lock_ends_with_sigterm(trainer: PostgresSettings) -> None:
    with locked(trainer, "e") as lock, holder(trainer, "e") as process:
        sessions = text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%try_advisory%'")
        while lock.execute(sessions).scalar_one() < 2:
            assert process.poll() is None
        process.terminate()

        assert process.wait(10) == -signal.SIGTERM


def test_ended_session_is_not_replaced_by_a_new_one(
    trainer: PostgresSettings, postgres: Postgres
) -> None:
    with locked(trainer, "f") as lock:
        administrator = engine(postgres.admin, PROCESSED)
        with administrator.connect() as connection:
            pid = lock.execute(text("SELECT pg_backend_pid()")).scalar_one()
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        administrator.dispose()

        assert not lock.still_held()
        with pytest.raises(LockLost, match="run the job again"):
            lock.execute(text("SELECT 1"))
        with pytest.raises(LockLost):
            lock.require()


def test_a_signal_in_the_middle_of_a_statement_leaves_the_lock_held(
    trainer: PostgresSettings,
) -> None:
    with locked(trainer, "cut off") as lock:
        signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            lock.execute(text("SELECT pg_sleep(1)"))

        assert lock.still_held()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_forked_child_neither_keeps_nor_ends_the_lock(trainer: PostgresSettings) -> None:
    with locked(trainer, "g") as lock:
        child = os.fork()
        if child == 0:
            signal.pause()
        try:
            assert lock.still_held()
            # As a kill of the holder would: the child lives on with what it inherited.
            lock._driver.close()
            with locked(trainer, "g", LockTimes(wait=5, poll=0.01)) as next_one:
                assert next_one.still_held()
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def test_a_server_that_does_not_answer_is_reported(trainer: PostgresSettings) -> None:
    nowhere = trainer.model_copy(update={"port": 1})

    with (
        pytest.raises(Unavailable, match="PostgreSQL does not answer"),
        locked(nowhere, "h", LockTimes(connect=0)),
    ):
        pass
