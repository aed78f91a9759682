"""The records of a source, cut as its spec says they are written."""

from collections.abc import Iterable, Iterator

from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.foreign_formats import foreign_format
from rookery_ingest.parsing.line_ends import line_end
from rookery_ingest.parsing.record_form import JSON_ROWS, RecordForm
from rookery_ingest.parsing.records import RecordReader, Records
from rookery_ingest.parsing.text import decoded


def record_form(spec: ModelSpec) -> RecordForm:
    """Returns the form in which the records of the spec's source come."""
    if spec.spec == 1:
        return RecordForm()
    if spec.source.is_parquet or spec.source.is_postgresql:
        return JSON_ROWS
    csv = spec.csv
    return RecordForm(csv.delimiter, csv.quote, csv.decimal, csv.thousands)


def source_records(blocks: Iterable[bytes], spec: ModelSpec, name: str) -> Iterator[Records]:
    """Yields all records of the blocks, the header's first.

    Of a second-version spec's CSV, lines may end with CR alone, records without any value count as
    empty lines, and Excel's `sep=` before the header is no record.

    Raises:
        Refused: the bytes are no text, or the text can't be cut into records.
    """
    form = record_form(spec)
    if spec.spec == 1 or form.is_json:
        return RecordReader(name, form).read(decoded(blocks, name))
    return csv_records(blocks, form, spec.csv.encoding, name)


def csv_records(
    blocks: Iterable[bytes], form: RecordForm, encoding: str, name: str
) -> Iterator[Records]:
    """Yields all records of a CSV in any dialect, the header's first.

    Raises:
        Refused: the bytes are no text, or of another format, or the text can't be cut into records.
    """
    end, texts = line_end(decoded(_of_no_other_format(blocks, name), name, encoding, may_name=True))
    found = RecordReader(name, form, blank=True, end=end).read(texts)
    return _without_separator_line(found, form, name)


def _of_no_other_format(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Yields the blocks; the first one tells whether they may be a CSV."""
    is_first = True
    for block in blocks:
        what = foreign_format(block) if is_first else None
        if what is not None:
            raise Refused(f"{name} {what}")
        is_first = False
        yield block


def _without_separator_line(
    found: Iterator[Records], form: RecordForm, name: str
) -> Iterator[Records]:
    """Leaves out Excel's line `sep=;`, once it names the delimiter of the spec."""
    first = next(found, None)
    if first is None:
        return
    said = _separator(first.texts[0], form)
    if said is not None:
        if said != form.delimiter:
            raise Refused(
                f"{name}: its first line says that cells are separated by {said!r}, the spec by "
                f"{form.delimiter!r}; write csv: {{delimiter: {quoted(said)}}}"
            )
        first = Records(first.lines[1:], first.texts[1:])
    if first.texts:
        yield first
    yield from found


def _separator(text: str, form: RecordForm) -> str | None:
    """Returns the delimiter that a line of Excel's names; None if it is another line."""
    said = text.strip()
    if form.quote and said.startswith(form.quote):
        said = said.strip(form.quote)
    if said[:4].lower() != "sep=" or len(said) > 5:
        return None
    # A tab at the end is stripped with the spaces.
    return said[4:] or "\t"


def quoted(text: str) -> str:
    """Writes a mark as YAML has it."""
    if text == "\t":
        return '"\\t"'
    return "'" + text.replace("'", "''") + "'"
