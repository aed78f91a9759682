"""`POST /invocations[/{model}]`: MLflow's scoring protocol, for its clients.

The shapes and the answer are those of `mlflow models serve`
(https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/). As there, columns may come in
any order and columns that the model does not know are left out; values are checked as `/predict`
checks them.
"""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any, TypeGuard

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rookery_api import problems, rows
from rookery_api.answers import encode
from rookery_api.champion import Champion
from rookery_api.endpoint import Endpoint
from rookery_api.problems import Fault
from rookery_core.contract import Contract, NumberFeature

JSON, CSV = "application/json", "text/csv"
SHAPES = ("dataframe_split", "dataframe_records", "instances", "inputs")
Records = list[Any]


def invocation_routes(endpoint: Endpoint) -> list[Route]:
    """The route of every model, and of the default one."""

    async def invoke(request: Request) -> Response:
        champion = endpoint.champion(request)
        media, body = await endpoint.body(request, (JSON, CSV))
        place, records = read_records(champion.contract, media, body)
        endpoint.check_batch(records)
        instances = champion.records.many(records, place)
        found, _ = await endpoint.answer(champion, champion.columns(instances), len(instances))
        return Response(encode({"predictions": found}), media_type=JSON, headers=_origin(champion))

    return [
        Route("/invocations", invoke, methods=["POST"]),
        Route("/invocations/{model}", invoke, methods=["POST"]),
    ]


def read_records(contract: Contract, media: str, body: bytes) -> tuple[Sequence[str], Records]:
    """Where in the body the records stand, and the records: one object per row, not yet checked.

    Raises:
        Problem: 400 or 422 for a body of none of the protocol's shapes.
    """
    if media == CSV:
        return (), csv_records(contract, body)
    value = rows.parse(body)
    found = [shape for shape in SHAPES if isinstance(value, dict) and shape in value]
    if len(found) != 1 or set(value) - {found[0], "params"}:
        raise _wrong("", f"Send an object with one of {', '.join(SHAPES)}, and params at most")
    shape = found[0]
    return (shape,), _READERS[shape](contract, value[shape])


def split_records(_: Contract, value: Any) -> Records:
    """Of `{"columns": [...], "data": [[...], ...]}`; an index is left out."""
    place = "/dataframe_split"
    if not isinstance(value, dict) or set(value) - {"columns", "data", "index"}:
        raise _wrong(place, "Send an object of columns and data, and index at most")
    columns, data = value.get("columns"), value.get("data")
    if not _is_names(columns):
        raise _wrong(f"{place}/columns", "Send a list of distinct names")
    if not isinstance(data, list):
        raise _wrong(f"{place}/data", "Send a list of rows")
    for number, row in enumerate(data):
        if not isinstance(row, list) or len(row) != len(columns):
            raise _wrong(f"{place}/data/{number}", "Send one value for each column")
    return [dict(zip(columns, row, strict=True)) for row in data]


def record_list(_: Contract, value: Any) -> Records:
    """Of `[{...}, ...]`."""
    if not isinstance(value, list):
        raise _wrong("/dataframe_records", "Send a list of objects")
    return value


def instance_list(contract: Contract, value: Any) -> Records:
    """Of `[{...}, ...]`, or rows of values in the contract's order."""
    if not isinstance(value, list):
        raise _wrong("/instances", "Send a list of objects")
    names = [feature.name for feature in contract.features]
    return [
        dict(zip(names, row, strict=True))
        if isinstance(row, list) and len(row) == len(names)
        else row
        for row in value
    ]


def input_records(contract: Contract, value: Any) -> Records:
    """Of `{name: [...], ...}`, of `{name: value, ...}`, or of what `instances` takes."""
    if isinstance(value, list):
        return instance_list(contract, value)
    if not isinstance(value, dict):
        raise _wrong("/inputs", "Send an object of columns")
    if not any(isinstance(column, list) for column in value.values()):
        return [value]
    lengths = {len(column) for column in value.values() if isinstance(column, list)}
    if len(lengths) != 1 or not all(isinstance(column, list) for column in value.values()):
        raise _wrong("/inputs", "Send columns of one length")
    # [[1.0], [2.0]] is a column as well: tensors of shape [N, 1] are written so.
    columns = [[_unwrapped(item) for item in column] for column in value.values()]
    return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]


def csv_records(contract: Contract, body: bytes) -> Records:
    """Of a CSV file with a header; an empty field is a missing value."""
    try:
        lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise problems.malformed("The body is not CSV in UTF-8.") from None
    lines = [line for line in lines if line]
    if not lines or not _is_names(lines[0]):
        raise problems.malformed("The first line of the body is not a header of distinct names.")
    header = lines[0]
    if any(len(line) != len(header) for line in lines):
        raise problems.malformed("A line has not one field for each column of the header.")
    numbers = {f.name for f in contract.features if isinstance(f, NumberFeature)}
    return [
        {name: _csv_value(text, name in numbers) for name, text in zip(header, line, strict=True)}
        for line in lines[1:]
    ]


_READERS: dict[str, Callable[[Contract, Any], Records]] = {
    "dataframe_split": split_records,
    "dataframe_records": record_list,
    "instances": instance_list,
    "inputs": input_records,
}


def _csv_value(text: str, number: bool) -> float | str | None:
    if not text:
        return None
    if not number:
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _is_names(value: Any) -> TypeGuard[list[str]]:
    return (
        isinstance(value, list)
        and all(isinstance(name, str) for name in value)
        and len(set(value)) == len(value) > 0
    )


def _unwrapped(item: Any) -> Any:
    return item[0] if isinstance(item, list) and len(item) == 1 else item


def _wrong(path: str, message: str) -> problems.Problem:
    return problems.invalid([Fault(path=path, message=message)])


def _origin(champion: Champion) -> dict[str, str]:
    """The protocol's answer has no place for it, so the version stands in a header."""
    return {"X-Rookery-Model-Version": champion.version}
