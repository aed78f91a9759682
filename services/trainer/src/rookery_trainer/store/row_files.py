"""The rows of a batch as Parquet files on disk, written group by group and read by columns."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

GROUP_ROWS = 65_536
GROUPS = 4
"""Groups of a file. Its rows have ascending ids, which are hashes; the side is a column of them."""


class RowFiles:
    """The rows of a batch in the files of a folder, in their order."""

    def __init__(self, schema: pa.Schema, folder: Path, parts: int) -> None:
        self._schema = schema
        self._parts = [parquet.ParquetFile(folder / part_name(number)) for number in range(parts)]

    def __len__(self) -> int:
        return sum(part.metadata.num_rows for part in self._parts)

    def __getitem__(self, name: str) -> pd.Series:
        """Reads one column, as the table has it; None, NaN or NaT where a value is missing."""
        field = pa.schema([self._schema.field(name)])
        # One thread: each of several would keep a heap of its own.
        pieces = [part.read(columns=[name], use_threads=False).cast(field) for part in self._parts]
        whole = pa.concat_tables(pieces) if pieces else field.empty_table()
        # No Python object for each hash.
        hashes = {pa.binary(): pd.ArrowDtype(pa.binary())}
        frame = whole.to_pandas(self_destruct=True, split_blocks=True, types_mapper=hashes.get)
        cells: pd.Series = frame[name]
        return cells


def part_name(number: int) -> str:
    """Names the file of that number, from 0."""
    return f"part-{number:05d}.parquet"


def write_parts(
    blocks: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    folder: Path,
    group_rows: int = GROUP_ROWS,
) -> Iterator[Path]:
    """Writes the rows as files into the folder, and yields each when it is complete.

    The same rows give the same files, however they are divided into blocks.
    """
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    with ExitStack() as opened:
        path = folder
        writer: parquet.ParquetWriter | None = None
        for number, group in enumerate(_groups(blocks, schema, group_rows)):
            if writer is None:
                path = folder / part_name(number // GROUPS)
                writer = opened.enter_context(
                    parquet.ParquetWriter(path, schema, compression="zstd", use_dictionary=texts)
                )
            writer.write_table(group, row_group_size=group_rows)
            if number % GROUPS == GROUPS - 1:
                opened.close()
                writer = None
                yield path
        if writer is not None:
            opened.close()
            yield path


def _groups(blocks: Iterable[pa.RecordBatch], schema: pa.Schema, rows: int) -> Iterator[pa.Table]:
    """Divides the rows into groups of that many, of which only the last may be smaller."""
    waiting = schema.empty_table()
    for block in blocks:
        waiting = pa.concat_tables([waiting, pa.Table.from_batches([block], schema)])
        while len(waiting) >= rows:
            yield waiting.slice(0, rows)
            waiting = waiting.slice(rows)
    if len(waiting):
        yield waiting
