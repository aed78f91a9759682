"""Documents: strict JSON, read once, with no key twice wherever it stands."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rookery_api.base.problems import Problem
from rookery_api.protocols.json_body import parse
from rookery_runtime.steps import at_once

TEXTS = st.text(st.sampled_from('a:"\\{}[],é/n'), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text() | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS | st.text(), inner),
    max_leaves=20,
)


def read(body: bytes) -> Any:
    """The value."""
    return at_once(parse(body))


@pytest.mark.parametrize(
    "body",
    [
        '{"a":1,"a":2}',
        '{"a":{"b":1,"b":2}}',
        '[{"a":":","a":1}]',
        '{"\\u0061":1,"a":2}',
        '[[[{"a":1,"a":2}]],{"b":":{"}]',
        '{"x":"\\\\","a" : 1,"a":2}',
        '{"x":"\\":","a":1,"a":2}',
        '{"x":"{","":1,"":2}',
        '[[],[{}],{"c":[{"a":[],"a":[]}]}]',
    ],
)
def test_field_given_twice_is_refused(body: str) -> None:
    with pytest.raises(Problem, match="does not fit"):
        read(body.encode())


@given(VALUES, st.booleans())
def test_all_json_without_repeats_is_read_as_json_reads_it(value: object, ascii_only: bool) -> None:
    assert read(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(VALUES, TEXTS, VALUES)
def test_field_given_twice_is_refused_beside_whatever_it_stands(
    value: object, name: str, other: object
) -> None:
    key, one, two = (json.dumps(item) for item in (name, value, other))

    for body in (f"{{{key}:{one},{key}:{two}}}", f"[{one},[{{{key}:{two},{key} : {one}}}]]"):
        with pytest.raises(Problem) as caught:
            read(body.encode())
        assert caught.value.status == 422


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(Problem):
        read(body)


@pytest.mark.parametrize("width", [1, 19_999, 20_001, 45_000])
def test_fields_are_counted_on_levels_of_any_width(width: int) -> None:
    body = '{"b":"{:","a":[' + ",".join(['{"":[{"x":0}]}'] * width)

    assert len(read(f"{body}]}}".encode())["a"]) == width
    with pytest.raises(Problem):
        read(f'{body},{{"y":[{{"z":1,"z":2}}]}}]}}'.encode())
