"""The cells of one column, as the form of their records writes them."""

from collections.abc import Callable, Sequence

from rookery_core.spec.cells import Cell, CellReader, Invalid
from rookery_core.spec.columns import AnyColumn, DatetimeColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.source import CsvDialect
from rookery_ingest.parsing.record_form import RecordForm
from rookery_ingest.rows.mark_hints import mark_hint

Texts = Sequence[str]


class CellSource:
    """Reads the cells of one column of a spec.

    Cells of JSON rows have typed values: no dialect counts there, an empty text is missing, and a
    date or time is ISO 8601, whatever format texts of the column have.
    """

    def __init__(self, spec: ModelSpec, column: AnyColumn, form: RecordForm) -> None:
        self.column = column
        if form.is_json:
            plain = {"csv": CsvDialect(), "null_tokens": (*spec.null_tokens, "")}
            spec = spec.model_copy(update=plain)
        self._cells = CellReader(spec, column)
        self.bounds = self._cells.bounds
        """The smallest and largest number that a cell may hold, both included."""
        is_number = isinstance(column, NumberColumn)
        self._dialect = spec.csv if is_number and spec.spec == 2 and not form.is_json else None
        self._iso: CellReader | None = None
        if form.is_json and isinstance(column, DatetimeColumn) and column.format is not None:
            self._iso = CellReader(spec, column.model_copy(update={"format": None}))
        self.exact_nulls = frozenset((*spec.all_null_tokens, *column.null_tokens))
        """Texts that mean "missing" as they are spelled; others may as well."""
        direct = not any(_is_float(token) for token in self._cells.nulls)
        self.plain_numbers = _plainer(spec.csv) if direct else None
        """Rewrites numbers as Python has them, where none has thousands marks; None if a token for
        "missing" reads as a number, such as -999."""

    def read(self, text: str) -> Cell:
        """Reads the value that the text stands for."""
        cell = self._cells.read(text)
        if self._iso is not None and isinstance(cell, Invalid):
            moment = self._iso.read(text)
            return cell if isinstance(moment, Invalid) else moment
        return cell

    def hint(self, text: str) -> str:
        """Says how the spec would make a value of a text that is none; empty where it can't."""
        return "" if self._dialect is None else mark_hint(text, self._dialect)


def _plainer(dialect: CsvDialect) -> Callable[[Texts], Texts | None]:
    # A number with thousands marks holds characters that no plain number has.
    return _as_they_are if dialect.decimal == "." else _with_points


def _as_they_are(texts: Texts) -> Texts | None:
    return texts


def _with_points(texts: Texts) -> Texts | None:
    """Writes points for decimal commas; None where a text holds a point, or a line's end."""
    joined = "\n".join(texts)
    if "." in joined or joined.count("\n") != len(texts) - 1:
        return None
    return joined.replace(",", ".").split("\n")


def _is_float(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
