"""Sentences about what is wrong in the text of a spec: the path of each key, and the remedy."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rookery_core.frozen import Frozen
from rookery_core.spec.column_names import MAX_CHARACTERS, column_name
from rookery_core.spec.yaml_places import Places

MAX_ERRORS = 10
"""The most keys of one file that a sentence names."""
MAX_LINES = 100
"""The most faults of one file whose lines are looked for."""
_NO_LIST = "list the labels, as values: [LABEL, ...], or write values: any"
_LABELS_REMEDIES = {
    "tuple_type": _NO_LIST,
    "literal_error": _NO_LIST,
    "too_long": "there are more than 10,000 labels: write values: any, merge labels in the data, "
    "or, if nearly each row has its own, move the column to ignore",
}
"""What to do where `values` are no list of labels, by pydantic's name of the fault."""
_NAMING = ("features", "key", "target")
"""Keys that hold names of columns."""
_OWN_PATH = re.compile(r"(\w+(?:\[\d+\]|\.\w+)*): ")


@dataclass(frozen=True)
class SpecFault:
    """What is wrong in the text of a spec."""

    sentence: str
    """The path of the key, and the remedy."""
    line: int | None
    """Where in the text, counted from 1; None if it is no one place."""


def sentences(error: ValidationError, text: str) -> str:
    """Returns what the error says of the spec that `text` holds, in one line."""
    told = _told(error)
    parts = [fault.sentence for fault in _faults(told[:MAX_ERRORS], text)]
    if len(told) > MAX_ERRORS:
        parts.append(f"and {len(told) - MAX_ERRORS} more")
    return "; ".join(parts)


def spec_faults(error: ValidationError, text: str) -> list[SpecFault]:
    """Returns what the error says of the spec that `text` holds, each with its line.

    Of very many faults it returns the first: a line is looked for in the whole text.
    """
    return _faults(_told(error)[:MAX_LINES], text)


def _told(error: ValidationError) -> list[ErrorDetails]:
    faults = error.errors(include_url=False, include_context=False)
    inner = {fault["loc"][:depth] for fault in faults for depth in range(len(fault["loc"]))}
    # A list whose items are at fault counts as empty, which it is not.
    # A default that derives from other keys is not made where one of them is at fault.
    return [
        fault
        for fault in faults
        if fault["type"] != "default_factory_not_called"
        and not (fault["type"] == "too_short" and fault["loc"] in inner)
    ]


def _faults(told: Sequence[ErrorDetails], text: str) -> list[SpecFault]:
    places = Places(text)
    found = []
    for fault in told:
        # Steps in angle brackets only say which form of a value was tried.
        path = ".".join(str(step) for step in fault["loc"] if not str(step).startswith("<"))
        message = _message(fault, places)
        place = places.of((*fault["loc"], *_own_path(message)))
        sentence = f"{path}: {message}" if path else message
        found.append(SpecFault(sentence, place.line if place else None))
    return found


def _own_path(message: str) -> Iterator[str | int]:
    """Yields the steps of the path with which a message about several keys begins."""
    begin = _OWN_PATH.match(message)
    for step in re.findall(r"\w+", begin[1]) if begin else ():
        yield int(step) if step.isdigit() else step


def _message(fault: Mapping[str, Any], places: Places) -> str:
    message = str(fault["msg"]).removeprefix("Value error, ")
    place = fault["loc"]
    if fault["type"] == "string_type":
        return message + _unquoted(fault["input"], places, place)
    if fault["type"] == "extra_forbidden":
        return message + _near_key(str(place[-1]))
    if fault["type"] == "string_pattern_mismatch" and _names_a_column(place):
        return _name_remedy(fault["input"], of_column=place[-1] == "name")
    if place[:1] == ("columns",) and "values" in place[-2:]:
        return _LABELS_REMEDIES.get(fault["type"], message)
    return message


def _near_key(written: str) -> str:
    """Says which key of a spec is spelled almost alike; empty if none is."""
    near = get_close_matches(written.lower(), sorted(_keys(Frozen)), n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else ""


def _keys(model: type[Frozen]) -> Iterator[str]:
    for each in model.__subclasses__():
        if each.__module__.startswith(__package__):
            yield from each.model_fields
        yield from _keys(each)


def _names_a_column(place: tuple[str | int, ...]) -> bool:
    is_name = place[:1] == ("columns",) and place[-1] == "name"
    return is_name or (bool(place) and place[0] in _NAMING)


def _name_remedy(written: str, *, of_column: bool) -> str:
    name = column_name(written)
    form = f"a small letter, then small letters, digits and _, at most {MAX_CHARACTERS} in all"
    if not of_column:
        return f"{written!r} is not the name of a column ({form}); write {name}, and so in columns"
    return (
        f"{written!r} is a header, and a name is {form}; write name: {name}, "
        f"aliases: [{_quoted(written)}]"
    )


def _quoted(text: str) -> str:
    """Writes a text within a list of YAML, with quotes where it needs them."""
    is_plain = text.isascii() and text.replace(" ", "").replace("_", "").isalpha()
    if is_plain and text == text.strip() and len(text) > len("false"):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unquoted(value: object, places: Places, path: tuple[str | int, ...]) -> str:
    """Says as what YAML reads a text that should have been quoted; empty for lists and mappings."""
    if not (value is None or isinstance(value, bool | int | float)):
        return ""
    place = places.of(path)
    written = place.written if place else None
    if not written:
        return " (YAML reads null, ~ and nothing at all as no value); quote it"
    if value is None:
        read = "no value"
    elif isinstance(value, bool):
        read = "true" if value else "false"
        read = "a truth value" if read == written else read
    else:
        read = "a number"
    return f" (YAML reads {written} as {read}); quote it: {_in_quotes(written)}"


def _in_quotes(text: str) -> str:
    return '"' + text + '"'
