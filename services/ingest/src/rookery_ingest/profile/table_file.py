"""The table of a file: its header, and its rows as columns of cells, as ingest reads them."""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rookery_core.errors import Refused
from rookery_core.spec.columns import folded
from rookery_ingest.parsing.fields import split
from rookery_ingest.parsing.header import header_names
from rookery_ingest.parsing.record_form import JSON_ROWS, RecordForm
from rookery_ingest.parsing.records import RecordReader, Records
from rookery_ingest.parsing.source_records import csv_records
from rookery_ingest.parsing.text import decoded
from rookery_ingest.profile.dialect import dialect_of
from rookery_ingest.profile.file_blocks import blocks_of, is_parquet, require_file, unfit_columns
from rookery_ingest.source.stream import BLOCK_BYTES

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ENCODINGS = ("utf-8", "cp1252", "latin-1")
"""Tried in this order; the last one decodes all bytes."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows."""

    columns: list[list[str]]
    """The cells of the rows whose width is the header's."""
    faults: list[tuple[int, str]]
    """Lines of the other records, and why they are no rows."""


class TableFile:
    """A file whose form was found."""

    def __init__(self, path: Path) -> None:
        require_file(path)
        self.path = path
        self.encoding = "utf-8" if is_parquet(path) else _encoding(path)
        """By the name that a spec has for it."""
        self.form = JSON_ROWS if is_parquet(path) else _form(path, self.encoding)
        self.unfit = unfit_columns(path) if is_parquet(path) else {}
        """The types of the columns whose values are no cells, by header."""
        self.header = self._header()

    def chunks(self) -> Iterator[Chunk]:
        """Yields all rows, some at a time."""
        is_first = True
        for found in self._records():
            texts, lines = found.texts[is_first:], found.lines[is_first:]
            is_first = False
            if texts:
                fields = split(texts, self.header, self.form)
                faults = [(lines[at], why.reason) for at, why in fields.faults.items()]
                yield Chunk(fields.columns, faults)

    def _records(self) -> Iterator[Records]:
        name = self.path.name
        if self.form.is_json:
            return RecordReader(name, self.form).read(decoded(blocks_of(self.path), name))
        return csv_records(blocks_of(self.path), self.form, self.encoding, name)

    def _header(self) -> list[str]:
        records = self._records()
        first = next(records, None)
        if first is None:
            raise Refused(f"{self.path} is empty; give a table with a header")
        fields = header_names(first.texts[0], self.form, self.path.name)
        repeated = _repeated(fields)
        if repeated:
            raise Refused(
                f"the header of {self.path} has {repeated[:5]} more than once (case and space do "
                "not count); give each column a name of its own, or, if that line is data, write "
                "a header before it"
            )
        return fields


def _form(path: Path, encoding: str) -> RecordForm:
    with path.open("rb") as file:
        block = file.read(BLOCK_BYTES)
    head = codecs.getincrementaldecoder(encoding)().decode(block)
    dialect = dialect_of(head.removeprefix("\ufeff"))
    return RecordForm(dialect.delimiter, dialect.quote)


def _encoding(path: Path) -> str:
    """Finds the first encoding in which all bytes are text.

    Raises:
        Refused: it is UTF-16.
    """
    for encoding in _ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for number, block in enumerate(blocks_of(path)):
                if number == 0 and block.startswith(_UTF_16):
                    raise Refused(f"{path} is UTF-16; save it as UTF-8")
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise AssertionError("latin-1 decodes all bytes")


def _repeated(fields: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    repeated = []
    for field in fields:
        # Columns without a name may be many: an export has them at the end.
        if folded(field) in seen - {""}:
            repeated.append(field)
        seen.add(folded(field))
    return repeated
