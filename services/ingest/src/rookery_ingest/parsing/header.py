"""The header of a source: which of its fields is which column of the spec."""

from collections import Counter
from collections.abc import Sequence

from rookery_core.errors import Refused
from rookery_core.spec.cells import Invalid
from rookery_core.spec.columns import folded
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.fields import header_fields
from rookery_ingest.parsing.header_hints import header_hint
from rookery_ingest.parsing.record_form import COMMAS, RecordForm

_SHOWN = 20


def header_names(header: str, form: RecordForm, name: str) -> list[str]:
    """Returns the fields of a header.

    Raises:
        Refused: it can't be split into them.
    """
    fields = header_fields(header, form)
    if isinstance(fields, Invalid):
        raise Refused(f"{name} has no readable header: {fields.reason}")
    return fields


def column_positions(
    header: str, spec: ModelSpec, name: str, form: RecordForm = COMMAS
) -> tuple[int, ...]:
    """Finds, for each column of the spec, the position of its field in every record.

    Names and aliases are compared without case and surrounding space, in any order.

    Raises:
        Refused: naming every column that is missing, there more than once, or unknown where the
            spec accepts none such.
    """
    fields = header_names(header, form, name)
    found = _columns_of(fields, spec)
    counts = Counter(found)
    extra = [] if spec.keeps_extra_columns else _extra(fields, found, spec)
    faults = [
        ("lacks", [column.name for column in spec.columns if column.name not in counts]),
        ("repeats", [column.name for column in spec.columns if counts[column.name] > 1]),
        ("has unknown", extra),
    ]
    told = [f"{fault} {listed(names)}" for fault, names in faults if names]
    if told:
        raise Refused(
            f"the header of {name} {', '.join(told)}{header_hint(fields, spec, form)}; "
            f"the spec's columns are {listed([column.name for column in spec.columns])}"
        )
    return tuple(found.index(column.name) for column in spec.columns)


def extra_columns(header: str, spec: ModelSpec, name: str, form: RecordForm) -> list[str]:
    """Lists the fields that raw data keeps and nothing uses, but for those that the spec ignores.

    A field without a name is listed as such.
    """
    fields = header_names(header, form, name)
    extra = _extra(fields, _columns_of(fields, spec), spec)
    return [field.strip() or "(without a name)" for field in extra]


def listed(names: Sequence[str]) -> str:
    """Names some of them, and how many more there are."""
    told = ", ".join(repr(name[: _SHOWN * 3]) for name in names[:_SHOWN])
    return told if len(names) <= _SHOWN else f"{told} and {len(names) - _SHOWN} more"


def _columns_of(fields: Sequence[str], spec: ModelSpec) -> list[str | None]:
    columns = {key: column.name for column in spec.columns for key in column.header_names}
    return [columns.get(folded(field)) for field in fields]


def _extra(fields: Sequence[str], found: Sequence[str | None], spec: ModelSpec) -> list[str]:
    ignored = {folded(name) for name in spec.ignore}
    return [
        field
        for field, column in zip(fields, found, strict=True)
        if column is None and folded(field) not in ignored
    ]
