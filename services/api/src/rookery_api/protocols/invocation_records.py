"""The bodies of MLflow's scoring protocol: four shapes of JSON, and CSV.

Each becomes one object per row. Rows are counted before they are built, and only the contract's
columns are built: a body may hold hundreds of thousands of either.
"""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from rookery_api.base import problems
from rookery_api.protocols.body import check_batch
from rookery_api.protocols.json_body import parse
from rookery_core.contract import Contract
from rookery_runtime.prediction.rows import Fault
from rookery_runtime.steps import Steps

JSON, CSV = "application/json", "text/csv"
SHAPES = ("dataframe_split", "dataframe_records", "instances", "inputs")
STEP_FIELDS = 20_000
"""Fields and lines of CSV that are read in one step: a few milliseconds."""
Records = list[Any]
_BOOLEANS = {"true": True, "false": False}
"""As pandas writes them to CSV, in any case."""


def read_records(
    contract: Contract, media: str, body: bytes, max_batch: int
) -> Steps[tuple[Sequence[str], Records]]:
    """Answers where in the body the records stand, and the records, not yet checked.

    Raises:
        Problem: 400 or 422 for a body of none of the protocol's shapes, 413 for too many rows.
    """
    if media == CSV:
        return (), (yield from csv_records(contract, body, max_batch))
    value = yield from parse(body)
    found = [shape for shape in SHAPES if isinstance(value, dict) and shape in value]
    if len(found) != 1 or len(value) > 2 or set(value) - {found[0], "params"}:
        raise _wrong("", f"Send an object with one of {', '.join(SHAPES)}, and params at most")
    shape = found[0]
    return (shape,), (yield from _READERS[shape](contract, value[shape], max_batch))


def split_records(contract: Contract, value: Any, max_batch: int) -> Steps[Records]:
    """Answers those of `{"columns": [...], "data": [[...], ...]}`; an index is left out."""
    place = "/dataframe_split"
    if not isinstance(value, dict) or len(value) > 3 or set(value) - {"columns", "data", "index"}:
        raise _wrong(place, "Send an object of columns and data, and index at most")
    columns: Any = value.get("columns")
    data = value.get("data")
    known = yield from _known(contract, columns)
    if known is None:
        raise _wrong(f"{place}/columns", "Send a list of distinct names")
    if not isinstance(data, list):
        raise _wrong(f"{place}/data", "Send a list of rows")
    check_batch(data, max_batch)
    for number, row in enumerate(data):
        if not isinstance(row, list) or len(row) != len(columns):
            raise _wrong(f"{place}/data/{number}", "Send one value for each column")
    return [{name: row[position] for name, position in known} for row in data]


def record_list(_: Contract, value: Any, max_batch: int) -> Steps[Records]:
    """Answers those of `[{...}, ...]`."""
    if not isinstance(value, list):
        raise _wrong("/dataframe_records", "Send a list of objects")
    check_batch(value, max_batch)
    yield
    return value


def instance_list(contract: Contract, value: Any, max_batch: int) -> Steps[Records]:
    """Answers those of `[{...}, ...]`, or rows of values in the contract's order."""
    if not isinstance(value, list):
        raise _wrong("/instances", "Send a list of objects")
    check_batch(value, max_batch)
    yield
    names = [feature.name for feature in contract.features]
    return [
        dict(zip(names, row, strict=True))
        if isinstance(row, list) and len(row) == len(names)
        else row
        for row in value
    ]


def input_records(contract: Contract, value: Any, max_batch: int) -> Steps[Records]:
    """Answers those of `{name: [...], ...}`, of `{name: value, ...}`, or of a list of instances."""
    if isinstance(value, list):
        return (yield from instance_list(contract, value, max_batch))
    if not isinstance(value, dict):
        raise _wrong("/inputs", "Send an object of columns")
    columns = [column for column in value.values() if isinstance(column, list)]
    if not columns:
        return [value]
    if len(columns) != len(value) or len(set(map(len, columns))) != 1:
        raise _wrong("/inputs", "Send columns of one length")
    check_batch(columns[0], max_batch)
    yield
    # [[1.0], [2.0]] is a column as well: tensors of shape [N, 1] are written so.
    names = yield from _known(contract, list(value))
    if names is None:
        raise _wrong("/inputs", "Send columns of distinct features")
    lists = list(value.values())
    known = {name: [_unwrapped(item) for item in lists[position]] for name, position in names}
    yield
    return [{name: known[name][row] for name in known} for row in range(len(columns[0]))]


def csv_records(contract: Contract, body: bytes, max_batch: int) -> Steps[Records]:
    """Answers the records of a CSV file with a header; an empty field is a missing value."""
    lines = yield from _csv_lines(body, max_batch)
    yield
    known = (yield from _known(contract, lines[0])) if lines else None
    if known is None:
        raise problems.malformed("The first line of the body is not a header of distinct names.")
    if any(len(line) != len(lines[0]) for line in lines):
        raise problems.malformed("A line has not one field for each column of the header.")
    yield
    kinds = {feature.name: feature.kind for feature in contract.features}
    return [
        {name: _csv_value(line[position], kinds[name]) for name, position in known}
        for line in lines[1:]
    ]


def _csv_lines(body: bytes, max_batch: int) -> Steps[list[list[str]]]:
    """Answers the header and at most `max_batch` rows; empty lines are none."""
    lines: list[list[str]] = []
    seen = 0
    try:
        for line in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True):
            if line:
                lines.append(line)
                if len(lines) - 1 > max_batch:
                    raise problems.too_many_rows(max_batch)
            seen += 1 + len(line)
            if seen > STEP_FIELDS:
                seen = 0
                yield
    except (UnicodeDecodeError, csv.Error):
        raise problems.malformed("The body is not CSV in UTF-8.") from None
    return lines


_READERS: dict[str, Callable[[Contract, Any, int], Steps[Records]]] = {
    "dataframe_split": split_records,
    "dataframe_records": record_list,
    "instances": instance_list,
    "inputs": input_records,
}


def _csv_value(text: str, kind: str) -> float | bool | str | None:
    if not text:
        return None
    if kind == "boolean":
        return _BOOLEANS.get(text.lower(), text)
    if kind != "number":
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _known(contract: Contract, names: Any) -> Steps[list[tuple[str, int]] | None]:
    """Answers the contract's columns among `names`, and where; None for no distinct names."""
    if not isinstance(names, list) or set(map(type, names)) != {str}:
        return None
    yield
    if len(set(names)) != len(names):
        return None
    yield
    found = [(contract.find(name), position) for position, name in enumerate(names)]
    known = [(name, position) for name, position in found if name is not None]
    return known if len({name for name, _ in known}) == len(known) else None


def _unwrapped(item: Any) -> Any:
    return item[0] if isinstance(item, list) and len(item) == 1 else item


def _wrong(path: str, message: str) -> problems.Problem:
    return problems.invalid([Fault(path=path, message=message)])
