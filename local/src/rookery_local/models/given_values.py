"""Values that a person gives for a prediction, as a request holds them."""

import math
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from rookery_core.errors import Refused
from rookery_core.spec.columns import FALSE_TEXTS, TRUE_TEXTS, folded

Value = str | float | bool
TRUTH = {**dict.fromkeys(TRUE_TEXTS, True), **dict.fromkeys(FALSE_TEXTS, False)}


def request_body(contract: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Value | None]:
    """Returns the contract's example, with the given values in place of its own.

    A feature may be called as in a request: where the contract says so by its aliases too, and in
    any case. An empty value is a missing one.

    Raises:
        Refused: a name is no feature's, two mean the same one, or a value is not of its kind.
    """
    features = {feature["name"]: feature for feature in contract["features"]}
    values = _by_feature(contract, given)
    return {
        name: _value(feature, values[name]) if name in values else feature["example"]
        for name, feature in features.items()
    }


def _by_feature(contract: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    key: Callable[[str], str] = folded if contract.get("folded_names") else str
    names = {
        key(called): feature["name"]
        for feature in contract["features"]
        for called in (feature["name"], *feature.get("aliases", ()))
    }
    found: dict[str, str] = {}
    for called, value in given.items():
        name = names.get(key(called))
        if name is None:
            raise Refused(_no_feature(called, names))
        if name in found:
            raise Refused(f"{name} is given twice, by two names; give it once")
        found[name] = value
    return found


def _no_feature(called: str, names: Mapping[str, str]) -> str:
    near = get_close_matches(folded(called), names, n=1)
    meant = f"; did you mean {names[near[0]]}?" if near else ""
    return f"{called!r} is no feature; those are {', '.join(dict.fromkeys(names.values()))}{meant}"


def _value(feature: Mapping[str, Any], text: str) -> Value | None:
    if not text:
        return None
    if feature["kind"] == "number":
        return _number(feature["name"], text)
    if feature["kind"] == "boolean":
        return _truth(feature["name"], text)
    return text


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Refused(f"{name}={text} is not a number; write it like 39.1, or nothing if missing")
    return number


def _truth(name: str, text: str) -> bool:
    truth = TRUTH.get(folded(text))
    if truth is None:
        raise Refused(f"{name}={text} is not true or false; write one, or nothing if missing")
    return truth
