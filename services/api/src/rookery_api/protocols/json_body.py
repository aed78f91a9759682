"""Documents: a body becomes the JSON value that it is, read once and strictly."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Any

from pydantic_core import from_json

from rookery_api.base import problems
from rookery_runtime.prediction.rows import Fault
from rookery_runtime.steps import Steps

STEP_CONTAINERS = 20_000
"""Objects and lists that are looked through in one step: a few milliseconds."""
_NOT_FINITE = re.compile(rb"\b(?:NaN|Infinity)\b")


def parse(body: bytes) -> Steps[Any]:
    """Answers the JSON value that `body` is: one value, finite numbers, no key twice.

    Raises:
        Problem: 400 for what is not JSON (RFC 8259), 422 for JSON that no row can hold.
    """
    try:
        # A cache of texts would save a fifth where rows repeat them, and cost it where none does.
        value = from_json(body, allow_inf_nan=False, cache_strings="none")
    except ValueError as error:
        raise _unreadable(body, str(error)) from None
    yield
    # Each key brings a colon: as many colons as keys prove that none was given twice.
    colons = body.count(b":")
    keys = yield from _count_keys(value, body.count(b"{"), colons)
    if keys != colons and keys != _colons_outside_texts(body):
        raise problems.invalid([Fault(path="", message="A field is given more than once")])
    return value


def _unreadable(body: bytes, error: str) -> problems.Problem:
    """Makes a 400, or a 422 where only a value is wrong: NaN, infinity, a lone surrogate."""
    if not body or body.isspace():
        return problems.malformed("The body is empty; send a JSON object.")
    if "surrogate" in error or "hex escape" in error or _NOT_FINITE.search(body):
        return problems.invalid(
            [Fault(path="", message="NaN, infinities and lone surrogates are no JSON values")]
        )
    return problems.malformed("The body is not JSON in UTF-8.")


def _count_keys(value: Any, most_objects: int, most_keys: int) -> Steps[int]:
    """Answers the number of keys in `value`, level by level until no more can come."""
    objects = [value] if isinstance(value, dict) else []
    lists = [value] if isinstance(value, list) else []
    keys, seen = len(value) if objects else 0, len(objects)
    while (objects or lists) and seen < most_objects and keys < most_keys:
        below: list[Any] = []
        for items in (objects, lists):
            for start in range(0, len(items), STEP_CONTAINERS):
                below += _containers(items[start : start + STEP_CONTAINERS])
                yield
        objects = [item for item in below if type(item) is dict]
        lists = [item for item in below if type(item) is list]
        keys, seen = keys + sum(map(len, objects)), seen + len(objects)
    return keys


def _containers(items: list[Any]) -> list[Any]:
    """Lists the objects and lists within `items`, which are all objects or all lists."""
    inner: Iterable[Any] = map(dict.values, items) if type(items[0]) is dict else items
    return [item for item in chain.from_iterable(inner) if type(item) in (dict, list)]


def _colons_outside_texts(body: bytes) -> int:
    """Counts the colons of JSON that stand between a key and its value."""
    if b"\\" in body:
        # Left to right, as escapes are read: what is left of quotes begins or ends a text.
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(body.split(b'"')[::2]).count(b":")
