"""YAML is read within bounds, and whatever is wrong with it is one kind of error."""

import json
import resource

import pytest

from rookery_core.spec.bounded_yaml import MAX_BYTES, MAX_DEPTH, NotYaml, read_yaml

TENFOLD = ",".join(["*a{}"] * 10)


def laughs(levels: int, line: str) -> str:
    """Each level is ten times the one before."""
    lines = ["a0: &a0 {x: laugh}"]
    lines += [line.format(level, level, *[level - 1] * 10) for level in range(1, levels)]
    return "\n".join(lines)


BEYOND = {
    "larger than": laughs(12, "a{}: &a{} [" + TENFOLD + "]"),
    "expanded it is larger": laughs(12, "a{}: &a{} {{<<: [" + TENFOLD + "]}}"),
    "alias 'a' is of no value": "&a [*a]",
    "alias 'b' is of no value": "- &b [x]\n- &b {y: *b}",
    "alias 'nothing' is of no value": "a: *nothing",
    "nested more than": "[" * 500_000,
    "levels deep": "{a: " * 200_000,
    "bytes, and at most": "#" * (MAX_BYTES + 1),
    "more than 100 characters": f"a: {'1' * 500_000}",
    "a number has more": f"a: 0x{'f' * 500_000}",
    "quote what is a text": f"a: 1{':1' * 250_000}",
}
"""By what is said of it: what would take memory or time beyond its size."""
WRONG = {
    "twice": "a: 1\nb: 2\na: 3",
    "'a' stands there twice": '{a: 1, "a": 2}',
    "a key is not a text": "1: 2",
    "quote it": "on: 2",
    "line 1, column 3: a key": "? [a]\n: 1",
    "another document": "a: 1\n---\nb: 2",
    "month must be": "a: 2020-13-45",
    "IndexError": 'a: !!int ""',
    "KeyError": "a: !!bool maybe",
    "AttributeError": "a: !!timestamp soon",
    "TypeError": "a: !!map [b]",
    "could not determine a constructor": "a: !!python/object/apply:os.system [ls]",
    "control characters": "a: \0",
    "surrogates": "a: \ud800",
    "invalid Unicode": r'a: "\ud800"',
    "line 2, column 1": "a:\n\t- b",
}


@pytest.mark.parametrize(("said", "text"), [*BEYOND.items(), *WRONG.items()], ids=[*BEYOND, *WRONG])
def test_what_is_beyond_bounds_or_wrong_is_not_yaml(said: str, text: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF)

    with pytest.raises(NotYaml) as refused:
        read_yaml(text)

    after = resource.getrusage(resource.RUSAGE_SELF)
    assert said in str(refused.value)
    assert after.ru_utime - before.ru_utime < 10
    assert after.ru_maxrss - before.ru_maxrss < 100 * 1024


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("a: &a {x: 1}\nb: {<<: *a, y: 2}", {"a": {"x": 1}, "b": {"x": 1, "y": 2}}),
        ("a: &a {x: 1}\nb: {<<: *a, x: 2}", {"a": {"x": 1}, "b": {"x": 2}}),
        ("- &a [x, y]\n- *a", [["x", "y"], ["x", "y"]]),
        ('{"a": 1.5e+3, b: 0x10, c: null}', {"a": 1500.0, "b": 16, "c": None}),
        ("\ufeffa: b", {"a": "b"}),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)),
        ("", None),
        (f'a: "{"1" * 200}"', {"a": "1" * 200}),
    ],
)
def test_ordinary_yaml_is_what_it_was(text: str, document: object) -> None:
    assert read_yaml(text) == document


@pytest.mark.parametrize(
    ("text", "number"),
    [("1e-3", 1e-3), ("1E3", 1e3), ("1.e5", 1e5), (".5e2", 50.0), ("-2e10", -2e10), ("+1e0", 1.0)],
)
def test_a_number_with_an_exponent_is_a_number(text: str, number: float) -> None:
    assert read_yaml(f"[{text}]") == [number]


@pytest.mark.parametrize("text", ["1e5x", "1e-3-4", "12e", "e5", "1e5.0", "--1e3", "'1e-3'"])
def test_what_only_begins_like_one_is_a_text(text: str) -> None:
    assert read_yaml(f"[{text}]") == [text.strip("'")]
