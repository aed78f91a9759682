"""The features of a spec: a list of columns, all, or all except some."""

from collections.abc import Mapping
from typing import Any

ALL = "all"
EXCEPT = "except"
_NAMES: dict[str, Any] = {
    "type": "array",
    "items": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,47}$"},
}
FEATURES_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {**_NAMES, "minItems": 1},
        {"const": ALL},
        {
            "type": "object",
            "properties": {EXCEPT: _NAMES},
            "required": [EXCEPT],
            "additionalProperties": False,
        },
    ]
}
"""The JSON Schema of what `features` may be in a spec."""


def chosen_features(value: Any, earlier: Mapping[str, Any]) -> Any:
    """Returns the names that `all` or `{except: [...]}` mean; any other value as it is.

    `earlier` holds the keys of the spec that are valid. All are all columns but the target, the
    key and the weight, in the order of the spec.

    Raises:
        ValueError: another word or mapping, or an exception that is no column.
    """
    if isinstance(value, list | tuple):
        # A list of JSON would no longer count as a tuple.
        return tuple(value)
    if value != ALL and not (isinstance(value, dict) and list(value) == [EXCEPT]):
        if isinstance(value, str | dict):
            raise ValueError("write a list of columns, all, or {except: [COLUMN, ...]}")
        return value
    if earlier.get("spec") == 1:
        raise ValueError("needs `spec: 2` where it is no list; add that line, or list the names")
    if not earlier.keys() >= {"columns", "target", "key"}:
        # One of those is at fault, and is told.
        return ("unknown",)
    names = [column.name for column in earlier["columns"]]
    excepted = value[EXCEPT] if isinstance(value, dict) else []
    excepted = excepted if isinstance(excepted, list | tuple) else (excepted,)
    for name in excepted:
        if name not in names:
            raise ValueError(f"except: {name!r} is not a column; columns: {names[:50]}")
    left_out = {earlier["target"], *earlier["key"], earlier.get("weight"), *excepted}
    return tuple(name for name in names if name not in left_out)
