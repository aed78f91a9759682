"""The bootstrap's databases, roles and rights, tried as each role on a real server."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege
from psycopg2.sql import SQL, Literal
from pydantic import SecretStr
from tests.integration.ingest.support.ingested_model import IngestedModel, connected, table

from rookery_core.database.names import LOGIN_ROLES, MLFLOW, PROCESSED, RAW
from rookery_core.errors import Refused, Unavailable
from rookery_core.settings import PostgresSettings
from rookery_ingest.bootstrap.bootstrap import bootstrap
from rookery_local.servers.postgres import Postgres

CONNECTS = {
    "ingest": {RAW, PROCESSED},
    "trainer": {PROCESSED},
    "mlflow": {MLFLOW},
    "notebook": {RAW, PROCESSED},
}


def _passwords(server: Postgres) -> dict[str, SecretStr]:
    return {role: server.settings(role).password for role in LOGIN_ROLES}


def _run(settings: PostgresSettings, database: str, statement: str) -> None:
    with closing(connected(settings, database)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        connection.commit()


@pytest.mark.parametrize("role", CONNECTS)
@pytest.mark.parametrize("database", [RAW, PROCESSED, MLFLOW])
def test_a_role_connects_to_its_databases_alone(
    postgres: Postgres, role: str, database: str
) -> None:
    settings = postgres.settings(role)

    if database in CONNECTS[role]:
        connected(settings, database).close()
    else:
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            connected(settings, database)


@pytest.mark.parametrize(
    ("role", "database", "statement"),
    [
        ("trainer", PROCESSED, "SELECT * FROM processed.{model}"),
        ("trainer", PROCESSED, "SELECT * FROM processed.batches"),
        ("trainer", PROCESSED, "SELECT * FROM ledger.intents"),
        ("notebook", RAW, "SELECT * FROM raw.{model}"),
        ("notebook", PROCESSED, "SELECT * FROM processed.{model}"),
        ("notebook", PROCESSED, "SELECT * FROM processed.quarantine"),
        ("notebook", PROCESSED, "SELECT * FROM ledger.intents"),
        # Dropped: MLflow takes a database with a table for one of an old MLflow.
        ("mlflow", MLFLOW, "CREATE TABLE {model} (x int); DROP TABLE {model}"),
    ],
)
def test_a_role_may_do_its_work_on_tables_made_later(
    model: IngestedModel, postgres: Postgres, role: str, database: str, statement: str
) -> None:
    model.ingest(table(good=3))

    _run(postgres.settings(role), database, statement.format(model=model.spec.name))


@pytest.mark.parametrize(
    ("role", "database", "statement"),
    [
        ("trainer", PROCESSED, "DELETE FROM processed.{model}"),
        ("trainer", PROCESSED, "UPDATE processed.batches SET loaded = 0"),
        ("trainer", PROCESSED, "CREATE TABLE processed.x (x int)"),
        ("trainer", PROCESSED, "CREATE TABLE ledger.x (x int)"),
        ("trainer", PROCESSED, "CREATE TABLE public.x (x int)"),
        ("trainer", PROCESSED, "DELETE FROM ledger.intents"),
        ("ingest", PROCESSED, "SELECT * FROM ledger.intents"),
        ("ingest", PROCESSED, "CREATE TABLE public.x (x int)"),
        ("notebook", RAW, "DELETE FROM raw.{model}"),
        ("notebook", PROCESSED, "INSERT INTO processed.{model} DEFAULT VALUES"),
        ("notebook", PROCESSED, "CREATE TEMPORARY TABLE x (x int)"),
        ("notebook", PROCESSED, "SET ROLE ledger_owner"),
        ("ingest", RAW, "CREATE ROLE x"),
    ],
)
def test_a_role_may_do_nothing_else(
    model: IngestedModel, postgres: Postgres, role: str, database: str, statement: str
) -> None:
    model.ingest(table(good=3))

    with pytest.raises(InsufficientPrivilege):
        _run(postgres.settings(role), database, statement.format(model=model.spec.name))


def test_again_and_several_at_once_it_changes_nothing(
    model: IngestedModel, postgres: Postgres
) -> None:
    batch = model.ingest(table(good=3))

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(bootstrap, postgres.admin, _passwords(postgres)) for _ in "abc"]:
            done.result()

    assert model.batches() == [batch]


def test_an_administrator_who_is_no_superuser_makes_all_and_changes_passwords(
    own_postgres: Postgres,
) -> None:
    for database in (RAW, PROCESSED, MLFLOW):
        with closing(connected(own_postgres.admin, "postgres")) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"DROP DATABASE {database}")
    with (
        closing(connected(own_postgres.admin, "postgres")) as connection,
        connection.cursor() as cursor,
    ):
        for role in (*LOGIN_ROLES, "ledger_owner"):
            cursor.execute(f"DROP ROLE {role}")
        make = SQL("CREATE ROLE landlord LOGIN CREATEDB CREATEROLE PASSWORD {}")
        cursor.execute(make.format(Literal("let me in")))
        connection.commit()
    landlord = own_postgres.admin.model_copy(
        update={"user": "landlord", "password": SecretStr("let me in")}
    )
    first = {role: SecretStr(f"1 '{role}' \\ é%s") for role in LOGIN_ROLES}
    second = _passwords(own_postgres)

    for passwords in (first, first, second):
        bootstrap(landlord, passwords)

        for role, password in passwords.items():
            settings = own_postgres.settings(role).model_copy(update={"password": password})
            for database in CONNECTS[role]:
                connected(settings, database).close()
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        connected(
            own_postgres.settings("ingest").model_copy(update={"password": first["ingest"]}), RAW
        )


def test_no_log_of_the_server_holds_a_password(own_postgres: Postgres) -> None:
    _run(own_postgres.admin, "postgres", "ALTER ROLE postgres SET log_statement = 'all'")
    passwords = {role: SecretStr(f"very-secret-{role}") for role in LOGIN_ROLES}

    bootstrap(own_postgres.admin, passwords)

    log = own_postgres.process.log.read_text()
    assert "ALTER ROLE trainer LOGIN PASSWORD 'SCRAM-SHA-256$" in log
    assert "very-secret" not in log


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_missing_password_is_refused_before_anything_is_done(
    postgres: Postgres, blank: str
) -> None:
    passwords = {**_passwords(postgres), "trainer": SecretStr(blank)}

    with pytest.raises(Refused, match="ROOKERY_ROLE_TRAINER_PASSWORD"):
        bootstrap(postgres.admin, passwords)


def test_an_administrator_without_the_rights_is_told_which(postgres: Postgres) -> None:
    with pytest.raises(Refused, match="CREATEDB and CREATEROLE"):
        bootstrap(
            postgres.settings("ingest"),
            {**_passwords(postgres)},
        )


def test_a_server_that_is_not_there_may_be_tried_again(postgres: Postgres) -> None:
    nowhere = postgres.admin.model_copy(update={"port": 1})

    with pytest.raises(Unavailable, match="is not ready for role"):
        bootstrap(nowhere, _passwords(postgres))
