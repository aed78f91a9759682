"""The header of a source: which of its fields is which column of the spec."""

from collections import Counter

from rookery_core.errors import Refused
from rookery_core.spec.cells import Invalid
from rookery_core.spec.columns import folded
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.fields import fields_of

_SHOWN = 20
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def column_positions(header: str, spec: ModelSpec, name: str) -> tuple[int, ...]:
    """Finds, for each column of the spec, the position of its field in every record.

    Names and aliases are compared without case and surrounding space, in any order.

    Raises:
        Refused: naming every column that is missing, unknown, or there more than once.
    """
    fields = fields_of(header)
    if isinstance(fields, Invalid):
        raise Refused(f"{name} has no readable header: {fields.reason}")
    columns = {key: column.name for column in spec.columns for key in column.header_names}
    found = [columns.get(folded(field)) for field in fields]
    counts = Counter(found)
    extra = [field for field, column in zip(fields, found, strict=True) if column is None]
    faults = [
        ("lacks", [column.name for column in spec.columns if column.name not in counts]),
        ("repeats", [column.name for column in spec.columns if counts[column.name] > 1]),
        ("has unknown", extra),
    ]
    told = [f"{fault} {_list(names)}" for fault, names in faults if names]
    if told:
        raise Refused(
            f"the header of {name} {', '.join(told)}{_hint(fields)}; "
            f"the spec's columns are {_list([column.name for column in spec.columns])}"
        )
    return tuple(found.index(column.name) for column in spec.columns)


def _list(names: list[str]) -> str:
    told = ", ".join(repr(name[: _SHOWN * 3]) for name in names[:_SHOWN])
    return told if len(names) <= _SHOWN else f"{told} and {len(names) - _SHOWN} more"


def _hint(fields: list[str]) -> str:
    """Says, in brackets, what the record seems to be instead; empty where it is no usual slip."""
    first, *others = map(folded, fields)
    slips = [
        (
            any("\r" in field for field in fields),
            "lines end with CR alone: save it with LF or CRLF",
        ),
        (first.startswith("sep="), "its first line is Excel's 'sep=': leave it out"),
        (first.startswith("#"), "its first line is a comment: leave comments out"),
        *(
            (
                not others and delimiter in fields[0],
                f"it seems to be separated by {told}: write commas",
            )
            for delimiter, told in _OTHER_DELIMITERS.items()
        ),
        (not any(others), "its first line seems to be a title: the header has to come first"),
        (
            not first or "" in others,
            "'' is a column without a name: drop it, or add aliases: [''] to the column it is",
        ),
    ]
    return next((f" ({said})" for is_there, said in slips if is_there), "")
