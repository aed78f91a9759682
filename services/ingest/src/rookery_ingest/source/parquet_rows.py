"""Rows of a Parquet file, as JSON lines; `python -m` runs it as the process of a reader.

A row group is read in pieces of bounded size, so that memory does not grow with it.
"""

import json
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rookery_core.errors import Refused
from rookery_core.spec.columns import folded
from rookery_ingest.source.json_lines import NULL, JsonLines, json_number, json_text
from rookery_ingest.source.reader_process import SETTING, answer, limit_memory

CELLS = 128 * 1024
"""Cells that are read at once."""
_PAGE_BYTES = 64 * 1024


def write_rows(request: dict[str, Any], out: IO[bytes]) -> None:
    """Writes the rows of the open file; where `types` are asked for, only which columns don't fit.

    Raises:
        Refused: it is no Parquet file, is damaged, needs more memory than is allowed, or a column
            that the spec uses holds no single values.
    """
    limit_memory(request["memory"])
    [descriptor] = request["descriptors"]
    try:
        with (
            open(descriptor, "rb", closefd=False) as source,
            pq.ParquetFile(source, pre_buffer=False, buffer_size=_PAGE_BYTES) as file,
        ):
            schema = file.schema_arrow
            if request.get("types"):
                out.write(json.dumps(_unfit(schema)).encode())
                return
            _check_types(schema, set(request["columns"]))
            lines = JsonLines(schema.names)
            out.write(lines.header.encode())
            size = max(1, CELLS // len(schema.names))
            for batch in file.iter_batches(batch_size=size, use_threads=False):
                out.write(lines.rows([_texts(column) for column in batch.columns]).encode())
    except (MemoryError, pa.ArrowMemoryError) as error:
        raise Refused(
            f"needs more than {request['memory']} bytes of memory to be read; write it with "
            f"smaller pages and row groups, or raise {SETTING}"
        ) from error
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        said = " ".join(str(error).split())[:300]
        raise Refused(f"is no whole Parquet file: {said}; write it anew") from error


def _unfit(schema: pa.Schema) -> dict[str, str]:
    """Returns the types of the columns that hold no single values, by name."""
    return {field.name: str(field.type) for field in schema if not _is_single(field.type)}


def _check_types(schema: pa.Schema, used: set[str]) -> None:
    for name, kind in _unfit(schema).items():
        if folded(name) in used:
            raise Refused(
                f"holds values of type {kind} in column {name!r}, and a cell is one "
                "number, text, date or truth value; write a column for each part, or leave it out "
                "of the spec's columns"
            )


def _is_single(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_single(kind.value_type)
    return not (
        pa.types.is_nested(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_duration(kind)
        or pa.types.is_interval(kind)
    )


def _texts(column: pa.Array) -> list[str]:
    """Returns the values of a column as JSON texts."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    write = next((write for is_of, write in _WRITERS if is_of(column.type)), _others)
    return write(column)


def _as_written(column: pa.Array) -> list[str]:
    """Writes whole and exact numbers and truth values, which Arrow writes as JSON does."""
    return [NULL if text is None else text for text in column.cast(pa.string()).to_pylist()]


def _floats(column: pa.Array) -> list[str]:
    if not pa.types.is_float64(column.type):
        # The shortest text that is this float32, as a CSV has it: 0.1, not 0.10000000149011612.
        column = column.cast(pa.float32()).cast(pa.string()).cast(pa.float64())
    return [json_number(value) for value in column.to_pylist()]


def _plain_texts(column: pa.Array) -> list[str]:
    return [json_text(text) for text in column.cast(pa.large_string()).to_pylist()]


def _others(column: pa.Array) -> list[str]:
    """Writes what no cell holds, and raw data keeps."""
    return [json.dumps(value, default=str, sort_keys=True) for value in column.to_pylist()]


def _moments(column: pa.Array) -> list[str]:
    """Returns moments as ISO 8601; those of a zone in UTC."""
    zoned = column.type.tz is not None
    # Without a data base of zones, which this machine may lack.
    plain = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False).cast(pa.int64())
    known = plain.fill_null(0).to_numpy(zero_copy_only=False).astype("datetime64[us]")
    texts = np.datetime_as_string(known, unit="us").tolist()
    end = '+00:00"' if zoned else '"'
    return [
        f'"{text.removesuffix(".000000")}{end}' if there else NULL
        for text, there in zip(texts, plain.is_valid().to_pylist(), strict=True)
    ]


_WRITERS = (
    (pa.types.is_integer, _as_written),
    (pa.types.is_boolean, _as_written),
    (pa.types.is_decimal, _as_written),
    (pa.types.is_floating, _floats),
    (pa.types.is_timestamp, _moments),
    (pa.types.is_date, _plain_texts),
    (pa.types.is_time, _plain_texts),
    (pa.types.is_string, _plain_texts),
    (pa.types.is_large_string, _plain_texts),
    (pa.types.is_null, _others),
)

if __name__ == "__main__":
    answer(write_rows)
