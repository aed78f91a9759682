"""The ledger in the database: what it accepts, and what it refuses to everybody."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from tests.integration.trainer.support.challengers import RegisteredModel

from rookery_core.database.connection import engine
from rookery_core.database.ledger import ABANDONED, COMMITTED, LEDGER_TABLES, PROMOTION, ROLLBACK
from rookery_core.database.names import PROCESSED
from rookery_local.servers.postgres import Postgres
from rookery_trainer.gate.decision import Decision
from rookery_trainer.promotion.entries import Change
from rookery_trainer.promotion.ledger_rows import add_intent, add_outcome, add_rejection
from rookery_trainer.tracking.versions import Version

ROLES = ("administrator", "trainer", "ingest", "mlflow", "notebook")
GROUNDS = Decision(True, "rule", "reason", {})


@pytest.fixture(params=ROLES)
def anybody(request: pytest.FixtureRequest, postgres: Postgres) -> Iterator[Engine]:
    """An engine of every role in turn."""
    role = request.param
    settings = postgres.admin if role == "administrator" else postgres.settings(role)
    made = engine(settings, PROCESSED)
    yield made
    made.dispose()


@pytest.fixture
def trainer(postgres: Postgres) -> Iterator[Engine]:
    """An engine of the trainer's role."""
    made = engine(postgres.settings("trainer"), PROCESSED)
    yield made
    made.dispose()


def promotion(version: int, sweep_id: str, replaces: int | None = None) -> Change:
    return Change(PROMOTION, Version(version, sweep_id), replaces, GROUNDS)


CHANGES = ("UPDATE {} SET model = 'x'", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE")


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", [table.name for table in LEDGER_TABLES])
def test_nobody_changes_or_removes_a_row(anybody: Engine, change: str, table: str) -> None:
    statement = text(change.format(f"ledger.{table}"))

    with (
        pytest.raises(DBAPIError, match=r"refused|denied|cannot truncate"),
        anybody.begin() as session,
    ):
        session.execute(statement)


def test_replica_session_of_the_administrator_is_refused_too(postgres: Postgres) -> None:
    administrator = engine(postgres.admin, PROCESSED)
    with administrator.connect() as session:
        session.execute(text("SET session_replication_role = replica"))

        with pytest.raises(DBAPIError, match=r"DELETE on ledger\.outcomes refused"):
            session.execute(text("DELETE FROM ledger.outcomes"))

    administrator.dispose()


def test_trainer_cannot_date_a_row_back(trainer: Engine) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), trainer.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO ledger.outcomes (model, epoch, outcome, reason, recorded_at)"
                " VALUES ('m', 1, 'committed', 'x', '2020-01-01')"
            )
        )


def test_epochs_have_no_gap_and_one_is_open_at_a_time(
    trainer: Engine, model: RegisteredModel
) -> None:
    with trainer.begin() as connection:
        add_intent(connection, model.name, 1, promotion(1, "a"))

    with pytest.raises(DBAPIError, match="no outcome yet"), trainer.begin() as connection:
        add_intent(connection, model.name, 2, promotion(2, "b"))
    with trainer.begin() as connection:
        add_outcome(connection, model.name, 1, ABANDONED, "gone")
    for epoch in (1, 3):
        with pytest.raises(DBAPIError, match="is not the next one"), trainer.begin() as connection:
            add_intent(connection, model.name, epoch, promotion(2, "b"))
    with trainer.begin() as connection:
        add_intent(connection, model.name, 2, promotion(2, "b"))

    assert [intent.outcome for intent in model.entries().intents] == [ABANDONED, None]


def test_an_intent_ends_once(trainer: Engine, model: RegisteredModel) -> None:
    with trainer.begin() as connection:
        add_intent(connection, model.name, 1, promotion(1, "a"))
        add_outcome(connection, model.name, 1, COMMITTED, "done")

    with pytest.raises(DBAPIError, match="duplicate key"), trainer.begin() as connection:
        add_outcome(connection, model.name, 1, ABANDONED, "no")


def test_a_sweep_is_decided_once(trainer: Engine, model: RegisteredModel) -> None:
    with trainer.begin() as connection:
        add_rejection(connection, model.name, Version(1, "a"), None, GROUNDS)
        add_intent(connection, model.name, 1, promotion(2, "b"))
        add_outcome(connection, model.name, 1, COMMITTED, "done")

    with pytest.raises(DBAPIError, match="already decided"), trainer.begin() as connection:
        add_intent(connection, model.name, 2, promotion(1, "a"))
    with pytest.raises(DBAPIError, match="already decided"), trainer.begin() as connection:
        add_rejection(connection, model.name, Version(2, "b"), None, GROUNDS)
    with trainer.begin() as connection:
        # A later rollback to the sweep's version is no second decision of the sweep.
        add_intent(connection, model.name, 2, promotion(3, "c", replaces=2))
        add_outcome(connection, model.name, 2, COMMITTED, "done")
        back = Change(ROLLBACK, Version(2, "b"), 3, GROUNDS)
        add_intent(connection, model.name, 3, back)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (promotion(0, "a"), "counted_from_one"),
        (promotion(1, "a", replaces=1), "replaces_another"),
        (Change("theft", Version(1, "a"), None, GROUNDS), "kind_known"),
        (Change(ROLLBACK, Version(1, "a"), None, GROUNDS), "rollback_replaces_a_version"),
    ],
)
def test_nonsense_is_refused(
    trainer: Engine, model: RegisteredModel, change: Change, check: str
) -> None:
    with pytest.raises(DBAPIError, match=check), trainer.begin() as connection:
        add_intent(connection, model.name, 1, change)
