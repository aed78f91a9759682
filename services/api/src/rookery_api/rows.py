"""Rows: a request's JSON becomes typed rows of the contract, or a problem that names the field."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import SchemaValidator, ValidationError, core_schema, from_json

from rookery_api import problems
from rookery_api.problems import Fault
from rookery_core.contract import Contract, Feature, NumberFeature

Row = Mapping[str, float | int | str | None]

MAX_FAULTS = 20
"""Faults named in one answer; the rest are not listed."""
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_NOT_FINITE = re.compile(rb"\b(NaN|Infinity)\b")


class RowValidator:
    """Validates rows strictly: no coercion, no unknown field, every number within its range."""

    def __init__(self, contract: Contract, *, extra_fields: bool = False) -> None:
        row = core_schema.typed_dict_schema(
            {
                feature.name: core_schema.typed_dict_field(
                    _value_schema(feature), required=not feature.optional
                )
                for feature in contract.features
            },
            extra_behavior="ignore" if extra_fields else "forbid",
        )
        self._one = SchemaValidator(row)
        self._many = SchemaValidator(core_schema.list_schema(row, min_length=1))

    def one(self, value: object, place: Sequence[str | int] = ()) -> Row:
        """The one row that `value` is; a 422 problem below `place` otherwise."""
        try:
            row: Row = self._one.validate_python(value)
        except ValidationError as error:
            raise problems.invalid(faults_of(error, place)) from None
        return row

    def many(self, value: object, place: Sequence[str | int] = ()) -> list[Row]:
        """The rows that `value` lists, at least one; a 422 problem below `place` otherwise."""
        try:
            rows: list[Row] = self._many.validate_python(value)
        except ValidationError as error:
            raise problems.invalid(faults_of(error, place)) from None
        return rows


def _value_schema(feature: Feature) -> core_schema.CoreSchema:
    value: core_schema.CoreSchema
    if isinstance(feature, NumberFeature):
        value = core_schema.float_schema(
            ge=feature.minimum, le=feature.maximum, allow_inf_nan=False, strict=True
        )
    else:
        value = core_schema.literal_schema(list(feature.values))
    return core_schema.nullable_schema(value) if feature.optional else value


def parse(body: bytes) -> Any:
    """The JSON value that `body` is: one value, finite numbers, no key twice.

    Raises:
        Problem: 400 for what is not JSON (RFC 8259), 422 for JSON that no row can hold.
    """
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise _unreadable(body, error) from None
    # Each key brings a colon: as many colons as keys prove that none was given twice.
    if body.count(b":") != _count_keys(value):
        json.loads(body.decode(), object_pairs_hook=_unique_keys)
    return value


def _unreadable(body: bytes, error: ValueError) -> problems.Problem:
    """NaN, infinities and lone surrogates are 422: JSON in all but the value."""
    text = str(error)
    if not body.strip():
        return problems.malformed("The body is empty; send a JSON object.")
    if "surrogate" in text or "hex escape" in text or _NOT_FINITE.search(body):
        return problems.invalid(
            [Fault(path="", message="NaN, infinities and lone surrogates are no JSON values")]
        )
    return problems.malformed("The body is not JSON in UTF-8.")


def _count_keys(value: Any) -> int:
    count, pending = 0, [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            count += len(item)
            pending.extend(v for v in item.values() if isinstance(v, dict | list))
        elif isinstance(item, list):
            pending.extend(v for v in item if isinstance(v, dict | list))
    return count


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    item = dict(pairs)
    if len(item) != len(pairs):
        raise problems.invalid([Fault(path="", message="A field is given more than once")])
    return item


def faults_of(error: ValidationError, place: Sequence[str | int] = ()) -> list[Fault]:
    """The faults of a validation, as paths and messages without the input."""
    listed = error.errors(include_url=False, include_input=False, include_context=False)
    return [
        Fault(path=pointer((*place, *fault["loc"])), message=fault["msg"])
        for fault in listed[:MAX_FAULTS]
    ]


def pointer(steps: Iterable[str | int]) -> str:
    """The JSON Pointer of a path; a step that is no plain name is not repeated."""
    return "".join(
        f"/{step}" if isinstance(step, int) or _FIELD.fullmatch(step) else "/?" for step in steps
    )
