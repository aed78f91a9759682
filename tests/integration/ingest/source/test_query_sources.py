"""PostgreSQL sources: one statement that reads, on a server that is allowed and not our own."""

import json
import secrets
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from psycopg2.extensions import connection as driver_connection
from tests.integration.ingest.support.ingested_model import MakeModel, connected
from tests.integration.ingest.support.own_postgres import foreign_postgres
from tests.integration.ingest.support.source_rows import SETTINGS, SourceRows, rows_of
from tests.unit.ingest.support.second_version import second_version

from rookery_core.errors import Refused, Unavailable
from rookery_local.servers.postgres import Postgres

PASSWORD = secrets.token_urlsafe(16)
TABLES = f"""
CREATE TABLE t (count int, size float8, label text);
INSERT INTO t VALUES (2, 1.5, 'yes'), (1, NULL, 'no'), (3, 2, 'NO');
CREATE TABLE hidden (size float8);
CREATE FUNCTION write_one() RETURNS float8 LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO t VALUES (9, 9, 'no'); RETURN 1; END $$;
CREATE USER reader PASSWORD '{PASSWORD}';
GRANT SELECT, INSERT, DELETE ON t TO reader;
GRANT CREATE ON SCHEMA public TO reader;
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server that is somebody else's, with a table `t`."""
    with foreign_postgres(tmp_path_factory.mktemp("shop")) as server:
        with closing(_as_owner(server)) as connection, connection.cursor() as cursor:
            cursor.execute(TABLES)
        yield server


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOKERY_SOURCE_THE_SHOP_USER", "reader")
    monkeypatch.setenv("ROOKERY_SOURCE_THE_SHOP_PASSWORD", PASSWORD)


def _as_owner(server: Postgres) -> driver_connection:
    connection = connected(server.admin, "postgres")
    connection.autocommit = True
    return connection


def _asked(
    server: Postgres,
    own: Postgres,
    query: str = "SELECT * FROM t",
    *names: str,
    key: tuple[str, ...] = (),
    settings: Any = SETTINGS,
    **source: Any,
) -> SourceRows:
    url = f"postgresql://127.0.0.1:{server.admin.port}/postgres"
    changes = {"url": url, "query": query, "credentials": "the-shop", **source}
    spec = second_version(*(names or ("size",)), source=changes, key=key)
    return rows_of(spec, postgres=own.settings("ingest"), settings=settings)


def _count(server: Postgres) -> int:
    with closing(_as_owner(server)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM t")
        [(count,)] = cursor.fetchall()
        return int(count)


def test_every_usual_type_becomes_the_text_that_a_csv_has(
    shop: Postgres, postgres: Postgres
) -> None:
    query = """
        SELECT 2::smallint AS "small", 9007199254740993::bigint AS "big", 0.1::float8 AS "double",
               0.1::float4 AS "single", 12.50::numeric AS "exact", 'NaN'::numeric AS "none",
               '-Infinity'::float8 AS "infinite", true AS "truth", false AS "lie",
               DATE '2026-01-31' AS "day", TIMESTAMP '2026-01-31 12:00' AS "naive",
               TIMESTAMPTZ '2026-01-31 12:00:00.5+02' AS "zoned", E'a "b"\\n%' AS "text",
               'ab'::char(4) AS "padded", 1.0::float8 AS "size", 'no' AS "label",
               '{1,2}'::int[] AS "many", NULL::text AS "missing"
    """

    [text] = _asked(shop, postgres, query).texts

    assert json.loads(text, parse_float=str, parse_int=str) == {
        "small": "2",
        "big": "9007199254740993",
        "double": "0.1",
        "single": "0.1",
        "exact": "12.50",
        "none": None,
        "infinite": "-Infinity",
        "truth": True,
        "lie": False,
        "day": "2026-01-31",
        "naive": "2026-01-31T12:00:00",
        "zoned": "2026-01-31T10:00:00.5+00:00",
        "text": 'a "b"\n%',
        "padded": "ab  ",
        "size": "1.0",
        "label": "no",
        "many": "{1,2}",
        "missing": None,
    }


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM t",
        "SELECT * FROM t ORDER BY count DESC;  ",
        "SELECT * FROM t -- all of them",
        "WITH x AS (SELECT * FROM t) SELECT label, size, count FROM x",
        "SELECT * FROM t WHERE 1 = 1 AND label LIKE '%' /* {} */",
        "TABLE t",
    ],
)
@pytest.mark.parametrize("key", [(), ("count",)])
def test_the_digest_is_that_of_the_rows_in_one_order(
    shop: Postgres, postgres: Postgres, query: str, key: tuple[str, ...]
) -> None:
    columns = ("size", "count")

    found = _asked(shop, postgres, query, *columns, key=key)

    assert found.digest == _asked(shop, postgres, "TABLE t", *columns, key=key).digest
    assert found.header == '["count","label","size"]'
    assert sorted(found.texts) == [
        '{"count":1,"label":"no","size":null}',
        '{"count":2,"label":"yes","size":1.5}',
        '{"count":3,"label":"NO","size":2.0}',
    ]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT 1; DELETE FROM t", "multi-query"),
        ("COMMIT; DELETE FROM t", "multi-query"),
        ("SELECT 1) AS s; COMMIT; DELETE FROM t; SELECT * FROM (SELECT 2", "syntax error"),
        ("DELETE FROM t RETURNING *", "read-only"),
        ("WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", "read-only"),
        ("SELECT write_one() AS size, 'no' AS label", "read-only"),
        ("SELECT * INTO copied FROM t", "refuses the query|read-only"),
        ("CREATE TABLE made (a int)", "refuses the query|read-only"),
        ("COPY t TO STDOUT", "refuses the query"),
        ("BEGIN", "refuses the query"),
        ("", "query: a postgresql:// source needs one"),
        ("SELEC 1", "syntax error.*source.query"),
        ("SELECT * FROM nowhere", "nowhere.*source.query"),
        ("SELECT * FROM hidden", "permission denied.*grant SELECT to the user of"),
        ("SELECT 1 / 0 AS size, 'no' AS label", "division by zero"),
        ("SELECT 1 AS a, 2 AS a", "more than one column 'a'"),
        ("SELECT ARRAY[1] AS size, 'no' AS label", r"type integer\[\] in column 'size'"),
        ("SELECT '{}'::jsonb AS size, 'no' AS label", "type jsonb in column 'size'"),
    ],
)
def test_a_statement_that_does_more_than_read_one_table_is_refused(
    shop: Postgres, postgres: Postgres, query: str, told: str
) -> None:
    with pytest.raises((Refused, ValueError), match=told):
        _asked(shop, postgres, query)

    assert _count(shop) == 3


def test_a_server_that_is_not_listed_is_not_asked(shop: Postgres, postgres: Postgres) -> None:
    settings = SETTINGS.model_copy(update={"source_allowed": ""})

    with pytest.raises(Refused, match=r"loopback address.*list 127.0.0.1:\d+ in ROOKERY_SOURCE_"):
        _asked(shop, postgres, settings=settings)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "127.0.0.2"])
def test_our_own_server_is_no_source(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    url = f"postgresql://{host}:{postgres.admin.port}/processed_data"
    own = postgres.settings("ingest")
    monkeypatch.setenv("ROOKERY_SOURCE_THE_SHOP_USER", own.user)
    monkeypatch.setenv("ROOKERY_SOURCE_THE_SHOP_PASSWORD", own.password.get_secret_value())
    settings = SETTINGS.model_copy(update={"source_allowed": "127.0.0.0/8 ::1"})

    with pytest.raises(
        (Refused, Unavailable), match=r"Rookery's own PostgreSQL|could not be asked"
    ):
        _asked(postgres, postgres, url=url, settings=settings)


def test_our_own_server_is_known_by_its_identity_behind_another_address(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = postgres.settings("ingest")
    monkeypatch.setenv("ROOKERY_SOURCE_THE_SHOP_USER", own.user)
    monkeypatch.setenv("ROOKERY_SOURCE_THE_SHOP_PASSWORD", own.password.get_secret_value())
    monkeypatch.setattr("rookery_ingest.source.query._check_foreign", lambda *_: None)

    with pytest.raises(Refused, match="is Rookery's own PostgreSQL"):
        _asked(postgres, postgres)


@pytest.mark.parametrize(
    "case",
    [
        ("ROOKERY_SOURCE_THE_SHOP_PASSWORD", "wrong", "refuses the login.*source.credentials"),
        ("ROOKERY_SOURCE_THE_SHOP_USER", "nobody", "refuses the login"),
        ("ROOKERY_SOURCE_THE_SHOP_USER", "", "ROOKERY_SOURCE_THE_SHOP_USER are not in the envir"),
    ],
)
def test_credentials_that_do_not_fit_are_named(
    shop: Postgres, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, case: tuple[str, str, str]
) -> None:
    variable, value, told = case
    monkeypatch.setenv(variable, value)

    with pytest.raises(Refused, match=told) as refusal:
        _asked(shop, postgres)

    assert PASSWORD not in str(refusal.value)


def test_a_source_without_credentials_is_refused(shop: Postgres, postgres: Postgres) -> None:
    with pytest.raises(Refused, match=r"name them by the spec's source.credentials"):
        _asked(shop, postgres, credentials="")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PGHOSTADDR", "10.255.255.1"),
        ("PGSERVICE", "prod"),
        ("PGOPTIONS", "-c default_transaction_read_only=off"),
        ("PGSSLMODE", "verify-full"),
        ("PGSSLROOTCERT", "system"),
        ("PGREQUIREAUTH", "none"),
        ("PGTARGETSESSIONATTRS", "read-only"),
        ("PGDATABASE", "nowhere"),
        ("PGPASSFILE", "/nowhere"),
    ],
)
def test_the_environment_of_libpq_says_nothing(
    shop: Postgres, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    url = f"postgresql://127.0.0.1:{shop.admin.port}/postgres"
    expected = _asked(shop, postgres)
    # The reader's alone: our own database is asked in this process, as every Job does.
    monkeypatch.setattr("rookery_ingest.source.query._identifier", lambda _: "0")
    monkeypatch.setenv(name, value)

    assert _asked(shop, postgres, url=url) == expected


def test_a_query_has_a_time_limit(shop: Postgres, postgres: Postgres) -> None:
    settings = SETTINGS.model_copy(update={"source_seconds": 2.0})

    with pytest.raises(Unavailable, match=r"within 2 s|ROOKERY_INGEST_SOURCE_SECONDS"):
        _asked(shop, postgres, "SELECT pg_sleep(60)::text AS size, 'x' AS label", settings=settings)


def test_a_query_without_rows_brings_none(shop: Postgres, postgres: Postgres) -> None:
    found = _asked(shop, postgres, "SELECT * FROM t WHERE false")

    assert (found.header, found.texts) == ('["count","label","size"]', [])


def test_a_value_that_is_too_large_is_refused(shop: Postgres, postgres: Postgres) -> None:
    settings = SETTINGS.model_copy(update={"reader_bytes": 32 * 1024**2})

    with pytest.raises(Refused, match="too large; select less"):
        _asked(shop, postgres, "SELECT repeat('x', 60000000) AS size, 'x' AS label",
               settings=settings)  # fmt: skip


def test_rows_are_bounded(shop: Postgres, postgres: Postgres) -> None:
    query = "SELECT i AS size, repeat('x', 1000) AS label FROM generate_series(1, 20000) i"

    with pytest.raises(Refused, match=r"more than 1000000 bytes.*source.max_bytes"):
        _asked(shop, postgres, query, max_bytes=10**6)


def test_the_rows_are_what_a_spec_pins(shop: Postgres, postgres: Postgres) -> None:
    digest = _asked(shop, postgres).digest

    assert len(_asked(shop, postgres, sha256=digest).texts) == 3
    with pytest.raises(Refused, match="the spec pins"):
        _asked(shop, postgres, sha256="0" * 64)


@pytest.mark.parametrize("listens", [True, False])
def test_a_server_that_does_not_answer_is_asked_again_later(
    postgres: Postgres, listens: bool
) -> None:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        if listens:
            place.listen(0)
        url = f"postgresql://127.0.0.1:{place.getsockname()[1]}/shop"
        settings = SETTINGS.model_copy(update={"source_seconds": 3.0})

        with pytest.raises(Unavailable, match=r"could not be asked|was not read within"):
            _asked(postgres, postgres, url=url, settings=settings)


@pytest.mark.parametrize(
    ("password", "code"), [(PASSWORD, 0), ("wrong", 42)], ids=["right", "wrong"]
)
def test_the_program_ends_as_a_job_should(
    make_model: MakeModel, shop: Postgres, password: str, code: int
) -> None:
    model = make_model()
    url = f"postgresql://127.0.0.1:{shop.admin.port}/postgres"
    source = {"url": url, "query": "TABLE t", "credentials": "the-shop", "max_bad_fraction": 0.5}
    model.spec = second_version("size", source=source).model_copy(update={"name": model.spec.name})

    found, events = model.run(
        ROOKERY_SOURCE_ALLOWED="127.0.0.0/8", ROOKERY_SOURCE_THE_SHOP_PASSWORD=password
    )

    assert found == code
    assert "wrong" not in str(events)
    assert PASSWORD not in str(events)
    told = [each["columns"] for each in events if each["event"] == "columns not in the spec"]
    assert (len(model.batches()), told) == ((1, [["count"]]) if code == 0 else (0, []))


def test_no_session_of_ours_is_left(shop: Postgres, postgres: Postgres) -> None:
    _asked(shop, postgres)

    with closing(_as_owner(shop)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT state FROM pg_stat_activity WHERE usename = 'reader'")
        assert cursor.fetchall() == []
