"""Hints to a header that does not fit: what the record seems to be instead."""

from collections.abc import Sequence

from rookery_core.spec.columns import folded
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.record_form import RecordForm
from rookery_ingest.parsing.source_records import quoted

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def header_hint(fields: Sequence[str], spec: ModelSpec, form: RecordForm) -> str:
    """Says, in brackets, what is probably wrong; empty where it is no usual slip."""
    if form.is_json:
        return ""
    first, *others = map(folded, fields)
    is_one = not others
    slips = [
        (
            any("\r" in field for field in fields),
            "lines end with CR alone: save it with LF or CRLF",
        ),
        (first.startswith("sep="), "its first line is Excel's 'sep=': leave it out"),
        (first.startswith("#"), "its first line is a comment: leave comments out"),
        *(
            (
                is_one and delimiter != form.delimiter and delimiter in fields[0],
                _separated(told, delimiter, spec),
            )
            for delimiter, told in _DELIMITERS.items()
        ),
        (not any(others), "its first line seems to be a title: the header has to come first"),
        (not first or "" in others, _nameless(spec)),
    ]
    return next((f" ({said})" for is_there, said in slips if is_there), "")


def _separated(told: str, delimiter: str, spec: ModelSpec) -> str:
    if spec.spec == 1:
        return f"it seems to be separated by {told}: write commas"
    return f"it seems to be separated by {told}: write csv: {{delimiter: {quoted(delimiter)}}}"


def _nameless(spec: ModelSpec) -> str:
    remedy = "'' is a column without a name: drop it, or add aliases: [''] to the column it is"
    return remedy if spec.spec == 1 else f"{remedy}, or ignore: ['']"
