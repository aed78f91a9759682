"""Rows: checks values against a contract; answers typed rows, or the faults by field."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypedDict

from pydantic_core import SchemaValidator, ValidationError, core_schema

from rookery_core.contract import Contract
from rookery_runtime.prediction.input_columns import Row
from rookery_runtime.prediction.values import value_schema
from rookery_runtime.steps import Steps

MAX_FAULTS = 20
"""Faults that are named of one request; after these nothing is looked at."""
MAX_ROW_FAULTS = 5
"""Faults that are named of one row where the other rows are answered."""
STEP_VALUES = 10_000
"""Values of a batch that are validated in one step: a few milliseconds."""
NO_ROW = "Input should be an object with a value for each feature"
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


class Fault(TypedDict):
    """One field that is wrong."""

    path: str
    """A JSON Pointer (RFC 6901) into the request body."""
    message: str


class InvalidRows(Exception):
    """Rows that do not fit the contract."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class RowValidator:
    """Validates rows strictly: no coercion, no unknown field, every number within its range.

    Where the contract says so, a field may have an alias of its feature, in any case.
    """

    def __init__(self, contract: Contract, *, extra_fields: bool = False) -> None:
        # Unknown fields are left out here and found by their number: an error object for each of
        # a hundred thousand takes longer than all else.
        row = core_schema.typed_dict_schema(
            {
                feature.name: core_schema.typed_dict_field(
                    value_schema(feature), required=not feature.optional
                )
                for feature in contract.features
            },
            extra_behavior="ignore",
        )
        self._names = frozenset(feature.name for feature in contract.features)
        self._contract = contract
        self._closed = not extra_fields
        self._step = max(1, STEP_VALUES // len(self._names)) if self._names else STEP_VALUES
        self._one = SchemaValidator(row)
        self._many = SchemaValidator(core_schema.list_schema(row, fail_fast=True))

    def one(self, value: object, place: Sequence[str | int] = ()) -> Row:
        """Answers the one row that `value` is.

        Raises:
            InvalidRows: it is none; the paths of the faults begin with `place`.
        """
        found = self._accepted([value])
        if found is None:
            raise InvalidRows(list(islice(self._faults(value, place), MAX_FAULTS)))
        return found[0]

    def many(self, value: list[Any], place: Sequence[str | int] = ()) -> Steps[list[Row]]:
        """Answers the rows that `value` lists, one at least.

        Raises:
            InvalidRows: there is none, or not all are rows; the paths of the faults begin with
                `place`.
        """
        if not value:
            raise InvalidRows([Fault(path=pointer(place), message="Send at least one row")])
        rows: list[Row] = []
        for start in range(0, len(value), self._step):
            part = value[start : start + self._step]
            found = self._accepted(part)
            if found is None:
                raise InvalidRows((yield from self._first_faults(value, start, place)))
            rows += found
            yield
        return rows

    def each(
        self, value: list[Any], place: Sequence[str | int] = ()
    ) -> Steps[list[Row | list[Fault]]]:
        """Answers for each of the listed values the row that it is, or why it is none.

        Raises:
            InvalidRows: nothing is listed.
        """
        if not value:
            raise InvalidRows([Fault(path=pointer(place), message="Send at least one row")])
        found: list[Row | list[Fault]] = []
        for start in range(0, len(value), self._step):
            part = value[start : start + self._step]
            accepted = self._accepted(part)
            if accepted is not None:
                found += accepted
            else:
                for number, each in enumerate(part, start):
                    rows = self._accepted([each])
                    faults = self._faults(each, (*place, number))
                    found.append(rows[0] if rows else list(islice(faults, MAX_ROW_FAULTS)))
            yield
        return found

    def _accepted(self, part: list[Any]) -> list[Row] | None:
        """Answers the rows of `part`; None where one of them is at fault."""
        if self._contract.folded_names:
            part = [self._renamed(value) for value in part]
        try:
            rows: list[Row] = self._many.validate_python(part)
        except ValidationError:
            return None
        if self._closed and list(map(len, part)) != list(map(len, rows)):
            return None
        return rows

    def _renamed(self, value: object) -> object:
        """Answers the row with the features' own names; fields that mean none stay as they are."""
        if not isinstance(value, dict) or value.keys() <= self._names:
            return value
        renamed: dict[str, object] = {}
        for field, cell in value.items():
            name = self._contract.find(field) or field
            if name in renamed:
                return _Clash(field, name)
            renamed[name] = cell
        return renamed

    def _first_faults(
        self, value: list[Any], start: int, place: Sequence[str | int]
    ) -> Steps[list[Fault]]:
        faults: list[Fault] = []
        for number in range(start, len(value)):
            room = MAX_FAULTS - len(faults)
            faults += islice(self._faults(value[number], (*place, number)), room)
            if len(faults) == MAX_FAULTS:
                break
            if number % self._step == 0:
                yield
        return faults

    def _faults(self, value: object, place: Sequence[str | int]) -> Iterator[Fault]:
        """Finds the faults of one row: those of its fields, then its first unknown fields."""
        if self._contract.folded_names:
            value = self._renamed(value)
            if isinstance(value, _Clash):
                path = pointer((*place, value.field))
                yield Fault(path=path, message=f"{value.feature} is given twice, by two names")
                return
        if not isinstance(value, dict):
            yield Fault(path=pointer(place), message=NO_ROW)
            return
        try:
            self._one.validate_python(value)
        except ValidationError as error:
            for fault in error.errors(
                include_url=False, include_input=False, include_context=False
            ):
                yield Fault(path=pointer((*place, *fault["loc"])), message=fault["msg"])
        if self._closed:
            unknown = (name for name in value if name not in self._names)
            for name in islice(unknown, MAX_FAULTS):
                yield Fault(path=pointer((*place, name)), message="Extra inputs are not permitted")


@dataclass(frozen=True)
class _Clash:
    """What stands for a row in which two fields mean one feature; it is no row."""

    field: str
    feature: str


def pointer(steps: Iterable[str | int]) -> str:
    """Writes the JSON Pointer of a path; a step that is no plain name is not repeated."""
    return "".join(
        f"/{step}" if isinstance(step, int) or _FIELD.fullmatch(step) else "/?" for step in steps
    )
