"""The bytes of a file on this machine: those of a CSV, or the rows of a Parquet file as JSON."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from rookery_core.errors import Refused
from rookery_ingest.parsing.foreign_formats import HEAD_BYTES, foreign_format
from rookery_ingest.source.memory import reader_memory
from rookery_ingest.source.reader_process import rows_of_process
from rookery_ingest.source.settings import SourceSettings
from rookery_ingest.source.stream import BLOCK_BYTES

PARQUET = ".parquet"
_READER = "rookery_ingest.source.parquet_rows"


def require_file(path: Path) -> None:
    """Checks that a path is a regular file that may be a table.

    Raises:
        Refused: it is not.
    """
    if path.is_dir():
        raise Refused(f"{path} is a folder; name the file of a table in it")
    if not path.exists():
        raise Refused(f"{path} is not there; name the file of a table")
    if not path.is_file():
        raise Refused(f"{path} is no regular file, and it is read twice; save it as a file")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except PermissionError as error:
        raise Refused(f"{path} may not be read: {error.strerror}; give read permission") from None
    if is_parquet(path):
        return
    what = foreign_format(head)
    if what is not None:
        raise Refused(f"{path} {what}")


def is_parquet(path: Path) -> bool:
    """Tells whether a file is read as Parquet, as a spec's source is."""
    return path.suffix.lower() == PARQUET


def blocks_of(path: Path, used: Sequence[str] = ()) -> Iterator[bytes]:
    """Yields the bytes of a CSV, or the rows of a Parquet file as JSON lines.

    Raises:
        Refused: a Parquet file is damaged, or one of the columns `used` holds no single values.
    """
    if is_parquet(path):
        yield from _read_by_process(path, columns=list(used))
        return
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def unfit_columns(path: Path) -> dict[str, str]:
    """Returns the types of the columns of a Parquet file that hold no single values, by name.

    Raises:
        Refused: it is damaged.
    """
    found: dict[str, str] = json.loads(b"".join(_read_by_process(path, types=True)))
    return found


def _read_by_process(path: Path, **asked: list[str] | bool) -> Iterator[bytes]:
    memory = reader_memory(SourceSettings().reader_bytes, path.stat().st_size)
    with path.open("rb") as file:
        request = {**asked, "memory": memory}
        yield from rows_of_process(_READER, request, path.name, BLOCK_BYTES, file)
