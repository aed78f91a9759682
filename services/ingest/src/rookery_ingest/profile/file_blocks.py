"""The bytes of a file on this machine: those of a CSV, or the rows of a Parquet file as JSON."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rookery_core.errors import Refused
from rookery_ingest.source.memory import reader_memory
from rookery_ingest.source.reader_process import rows_of_process
from rookery_ingest.source.settings import SourceSettings
from rookery_ingest.source.stream import BLOCK_BYTES

PARQUET = ".parquet"
_READER = "rookery_ingest.source.parquet_rows"
_OTHERS = {
    b"PK\x03\x04": "looks like a workbook of Excel or another archive: save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "looks like an old workbook of Excel: save the sheet as CSV",
    b"\x1f\x8b": "is compressed with gzip: decompress it",
    b"PAR1": "is a Parquet file: let its name end in .parquet",
    b"ARROW1": "is an Arrow file: save it as Parquet or CSV",
}


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
            head = file.read(8)
    except PermissionError as error:
        raise Refused(f"{path} may not be read: {error.strerror}; give read permission") from None
    if is_parquet(path):
        return
    for magic, what in _OTHERS.items():
        if head.startswith(magic):
            raise Refused(f"{path} {what}")


def is_parquet(path: Path) -> bool:
    """Tells whether a file is read as Parquet, as a spec's source is."""
    return path.suffix.lower() == PARQUET


def blocks_of(path: Path, used: Sequence[str] = ()) -> Iterator[bytes]:
    """Yields the bytes of a CSV, or the rows of a Parquet file as JSON lines.

    Raises:
        Refused: a Parquet file is damaged, or one of the columns `used` holds no single values.
    """
    with path.open("rb") as file:
        if is_parquet(path):
            memory = reader_memory(SourceSettings().reader_bytes, path.stat().st_size)
            request = {"columns": list(used), "memory": memory}
            yield from rows_of_process(_READER, request, path.name, BLOCK_BYTES, file)
            return
        while block := file.read(BLOCK_BYTES):
            yield block
