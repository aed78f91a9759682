"""The rows of a batch from PostgreSQL, a block at a time: never all of them at once.

`COPY` is a cursor of the server's that neither side has to fetch from: its text is read into Arrow
as it comes, many times faster than rows become Python objects.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from psycopg2 import Error as DriverError
from pyarrow import csv
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from rookery_core.database.packs import packs
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.store.row_columns import (
    RowColumn,
    own_row_columns,
    row_columns,
    rows_query,
)

BLOCK_BYTES = 4 << 20


def row_blocks(connection: Connection, spec: ModelSpec, watermark: int) -> Iterator[pa.RecordBatch]:
    """Yields the rows as of that batch, by ascending row id, with the columns of `row_columns`.

    Raises:
        DBAPIError: the database failed, at any block.
    """
    columns, own, arrays = row_columns(spec), own_row_columns(spec), packs(spec)
    query = rows_query(spec, watermark).compile(dialect=connection.dialect)
    cursor: Any = connection.connection.cursor()
    copied = cursor.mogrify(f"COPY ({query}) TO STDOUT (FORMAT csv)", query.params)
    schema = pa.schema([(column.name, column.type) for column in columns])
    lines = [RowColumn(pack.name, pa.string()) for pack in arrays]
    with _piped(cursor, copied.decode()) as stream:
        try:
            reader = csv.open_csv(stream, **_options([*own, *lines], BLOCK_BYTES))
        except pa.ArrowInvalid as error:
            if "Empty CSV file" in str(error):
                return
            raise
        for block in reader:
            cells = {column.name: block.column(column.name) for column in own}
            for pack in arrays:
                of_pack = {column.name for column in pack.columns}
                values = [column for column in columns if column.name in of_pack]
                cells |= _unpacked(block.column(pack.name), values)
            stored = [_stored(column, cells[column.name]) for column in columns]
            yield pa.RecordBatch.from_arrays(stored, schema=schema)


def _unpacked(lines: pa.Array, columns: list[RowColumn]) -> dict[str, pa.Array]:
    """Reads lines of CSV as columns."""
    text = "".join([f"{line}\n" for line in lines.to_pylist()]).encode()
    table = csv.read_csv(pa.BufferReader(text), **_options(columns, len(text) + 1))
    return {column.name: table.column(column.name).combine_chunks() for column in columns}


def _options(columns: list[RowColumn], block_bytes: int) -> dict[str, Any]:
    return {
        "read_options": csv.ReadOptions(
            block_size=block_bytes, column_names=[column.name for column in columns]
        ),
        # A category may hold the end of a line; a line of one missing value is empty.
        "parse_options": csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        "convert_options": _conversion(columns),
    }


def _conversion(columns: list[RowColumn]) -> csv.ConvertOptions:
    return csv.ConvertOptions(
        column_types={column.name: column.text_type for column in columns},
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["t"],
        false_values=["f"],
    )


def _stored(column: RowColumn, cells: pa.Array) -> pa.Array:
    if pa.types.is_binary(column.type):
        return _from_hexadecimal(cells)
    return cells.cast(column.type)


def _from_hexadecimal(texts: pa.Array) -> pa.Array:
    """Reads an array of texts without a null as bytes."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    content = bytes.fromhex(data.to_pybytes()[ends[0] : ends[-1]].decode()) if data else b""
    halves = ((ends - ends[0]) // 2).astype(np.int32)
    buffers = [None, pa.py_buffer(halves), pa.py_buffer(content)]
    return pa.Array.from_buffers(pa.binary(), len(texts), buffers)


@contextmanager
def _piped(cursor: Any, statement: str) -> Iterator[BinaryIO]:
    """Runs a `COPY ... TO STDOUT` while the block reads what it writes.

    Where the statement fails, the block meets an early end, and its error is replaced.

    Raises:
        DBAPIError: the statement failed.
    """
    outlet, inlet = os.pipe()
    failures: list[Exception] = []

    def copy() -> None:
        try:
            with os.fdopen(inlet, "wb", buffering=1 << 20) as target:
                cursor.copy_expert(statement, target)
        except Exception as error:  # noqa: BLE001 (raised below, in the thread that reads)
            failures.append(error)

    thread = threading.Thread(target=copy, name="copy", daemon=True)
    thread.start()
    is_read = False
    try:
        with os.fdopen(outlet, "rb") as stream:
            yield stream
            is_read = True
    finally:
        thread.join()
        # Where the block ended early for its own reason, the pipe is broken, which is no news.
        for failure in failures:
            if isinstance(failure, DriverError):
                raise DBAPIError(statement, None, failure) from failure
            if is_read:
                raise failure
