"""Rows that a query finds in PostgreSQL, as JSON lines; `python -m` runs it as a reader's process.

The query is one statement in a transaction that can't write. The server opens a cursor for it by a
means that takes one statement and no more, so that nothing after a semicolon is executed.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

import psycopg2
from psycopg2.extensions import connection, cursor, new_type
from psycopg2.extensions import register_type as register
from psycopg2.sql import SQL, Composed, Identifier, Literal

from rookery_core.errors import Refused
from rookery_core.spec.columns import folded
from rookery_core.waiting import Wait, retrying
from rookery_ingest.source.json_lines import NULL, JsonLines, json_number, json_text
from rookery_ingest.source.query_failure import failure, is_no_answer
from rookery_ingest.source.reader_process import answer, limit_memory

CELLS = 64 * 1024
"""Cells that are fetched at once."""
_CURSOR = Identifier("rookery_source")
_BOOLEAN, _NUMERIC = 16, 1700
_WHOLE, _FLOATS, _MOMENTS = {20, 21, 23, 26}, {700, 701}, {1114, 1184}
_NOT_SINGLE = {17, 114, 3802, 1186}
"""bytea, json, jsonb and interval."""
_NESTED = ("A", "C", "P", "R")
"""Categories of types: arrays, composites, pseudo-types, ranges."""


def write_rows(request: dict[str, Any], out: IO[bytes]) -> None:
    """Writes the rows of the query, ordered by the key, or by all they hold.

    Raises:
        Refused: the server is our own, refuses login, query or a right, or a column that the spec
            uses holds no single values.
        Unavailable: the server does not answer, or failed.
    """
    limit_memory(request["memory"])
    try:
        source = retrying(
            lambda: psycopg2.connect(**request["connection"]),
            is_no_answer,
            Wait(request["first_connection"]),
            "source",
        )
        try:
            _copy(source, request, out)
        finally:
            source.close()
    except psycopg2.Error as error:
        raise failure(error, request["seconds"]) from None
    except MemoryError:
        raise Refused("sends values that are too large; select less in source.query") from None


def _copy(source: connection, request: dict[str, Any], out: IO[bytes]) -> None:
    source.set_session(isolation_level="REPEATABLE READ", readonly=True)
    query = request["query"].strip().rstrip(";")
    with source.cursor() as found:
        found.execute(
            "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL jit = off; "
            f"SET LOCAL extra_float_digits = 1; SET LOCAL statement_timeout = {request['seconds']}"
            "000"
        )
        _check_server(found, request["own_identifier"])
        _open(found, query)
        columns = _columns(found)
        found.execute(SQL("CLOSE {}").format(_CURSOR))
        names = [name for name, _ in columns]
        lines = JsonLines(names)
        _check_types(found, columns, set(request["columns"]))
        _open(found, _ordered(found, query, names, request["key"]))
        register(new_type(tuple({oid for _, oid in columns}), "AS_TEXT", _as_text), found)
        out.write(lines.header.encode())
        writers = [_writer(oid) for _, oid in columns]
        for rows in _fetched(found, max(1, CELLS // len(columns))):
            texts = [
                [NULL if value is None else write(value) for value in values]
                for write, values in zip(writers, zip(*rows, strict=True), strict=True)
            ]
            out.write(lines.rows(texts).encode())


def _check_server(found: cursor, own_identifier: str) -> None:
    """Checks by its identity that the server is not ours, whatever its address is."""
    found.execute("SAVEPOINT identity")
    try:
        found.execute("SELECT system_identifier::text FROM pg_control_system()")
        [(identifier,)] = found.fetchall()
    except psycopg2.Error:
        # Not everybody's to ask on some servers; on our own it is.
        found.execute("ROLLBACK TO SAVEPOINT identity")
        return
    if identifier == own_identifier:
        raise Refused(
            "is Rookery's own PostgreSQL, whose data no spec may read; name another server in the "
            "spec's source.url"
        )


def _open(found: cursor, query: str) -> None:
    # OPEN ... FOR EXECUTE plans the text as one statement that returns rows, or fails.
    body = SQL(
        "DECLARE source refcursor := {name}; BEGIN OPEN source FOR EXECUTE {query}; END"
    ).format(name=Literal(_CURSOR.string), query=Literal(query))
    found.execute(SQL("DO {}").format(Literal(body.as_string(found))))


def _columns(found: cursor) -> list[tuple[str, int]]:
    """Returns names and types of the columns of the open cursor."""
    found.execute(SQL("FETCH 0 FROM {}").format(_CURSOR))
    assert found.description is not None
    return [(column.name, column.type_code) for column in found.description]


def _check_types(found: cursor, columns: Sequence[tuple[str, int]], used: set[str]) -> None:
    found.execute(
        "SELECT oid::int8, typcategory::text, format_type(oid, NULL) FROM pg_type WHERE oid = "
        "ANY(%s::int8[]::oid[])",
        ([oid for _, oid in columns],),
    )
    types = {oid: (category, told) for oid, category, told in found.fetchall()}
    for name, oid in columns:
        category, told = types[oid]
        if folded(name) in used and (oid in _NOT_SINGLE or category in _NESTED):
            raise Refused(
                f"has values of type {told} in column {name!r}, and a cell is one number, text, "
                "date or truth value; cast it, or select a column for each part"
            )


def _ordered(found: cursor, query: str, names: Sequence[str], key: Sequence[str]) -> str:
    """Returns the query with an order: the source's digest is of its rows in their order."""
    keys = [name for name in names if folded(name) in key]
    # Without a key by all they hold, whatever the order of the columns is.
    fields = SQL(", ").join(Identifier("source", name) for name in keys or sorted(names))
    order = fields if keys else SQL('ROW({})::text COLLATE "C"').format(fields)
    ordered = Composed(
        [SQL("SELECT * FROM (\n"), SQL(query), SQL("\n) AS source ORDER BY "), order]
    )
    text: str = ordered.as_string(found)
    return text


def _fetched(found: cursor, size: int) -> Iterator[list[tuple[str | None, ...]]]:
    statement = SQL("FETCH {} FROM {}").format(Literal(size), _CURSOR)
    while True:
        found.execute(statement)
        rows = found.fetchall()
        if not rows:
            return
        yield rows


def _as_text(value: str | bytes | None, _: cursor) -> str | bytes | None:
    """Keeps a value as the server wrote it."""
    return value


def _writer(oid: int) -> Callable[[str], str]:
    """Returns what writes a value of that type as JSON."""
    if oid in _WHOLE:
        return str
    if oid == _NUMERIC:
        return _exact
    if oid in _FLOATS:
        return lambda text: json_number(float(text))
    if oid == _BOOLEAN:
        return lambda text: "true" if text == "t" else "false"
    if oid in _MOMENTS:
        return _moment
    return json_text


def _exact(text: str) -> str:
    return json_number(float(text)) if text[-1:].isalpha() else text


def _moment(text: str) -> str:
    """Writes `2026-01-31 12:00:00+00` as ISO 8601."""
    day, _, rest = text.partition(" ")
    if rest.endswith("+00"):
        rest += ":00"
    return json_text(f"{day}T{rest}" if rest else text)


if __name__ == "__main__":
    answer(write_rows)
