"""Rows with typed values as JSON lines: what raw data holds of a Parquet file or a query.

The first line is an array of the columns' names, each other one an object of a row, both sorted by
name and without spaces. So the same rows are the same bytes, whatever held them. A row without any
value is an empty line.
"""

from collections.abc import Iterable, Sequence
from json.encoder import encode_basestring as quoted

from rookery_core.errors import Refused

NULL = "null"
_BLANK = frozenset({NULL, '""'})
_INFINITE = {"inf": '"Infinity"', "-inf": '"-Infinity"', "nan": NULL}


class JsonLines:
    """Writes the rows of columns with these names.

    Raises:
        Refused: two columns have one name, or there is none.
    """

    def __init__(self, names: Sequence[str]) -> None:
        if not names:
            raise Refused("has no columns; give it some")
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise Refused(f"has more than one column {repeated[0]!r}; give each its own name")
        self._order = sorted(range(len(names)), key=names.__getitem__)
        keys = [quoted(names[place]) for place in self._order]
        self.header = f"[{','.join(keys)}]\n"
        fields = ",".join(key.replace("%", "%%") + ":%s" for key in keys)
        self._row = f"{{{fields}}}\n"

    def rows(self, columns: Sequence[Iterable[str]]) -> str:
        """Returns the rows of these columns, which hold JSON texts, in the order of the names."""
        ordered = [columns[place] for place in self._order]
        return "".join(
            [
                "\n" if row[0] in _BLANK and _BLANK.issuperset(row) else self._row % row
                for row in zip(*ordered, strict=True)
            ]
        )


def json_number(value: float | None) -> str:
    """Returns a number as JSON; what is no number is null, and infinity a text."""
    if value is None:
        return NULL
    text = repr(value)
    return _INFINITE.get(text, text)


def json_text(text: str | None) -> str:
    """Returns a text as JSON."""
    return NULL if text is None else quoted(text)
