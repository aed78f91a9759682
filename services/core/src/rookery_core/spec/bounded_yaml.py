"""YAML of unknown origin, read within bounds: no text takes more memory or time than its size."""

import re
from typing import Any

import yaml

MAX_BYTES = 1024 * 1024
"""The largest text: what a ConfigMap may hold."""
MAX_DEPTH = 32
"""The deepest nesting; a spec has five levels."""
MAX_NUMBER = 100
"""The longest number, in characters: converting one takes time by the square of its length."""


_EXPONENT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+\Z", re.ASCII)
"""A number with an exponent as YAML 1.2 writes it (https://yaml.org/spec/1.2.2, section 10.3.2)."""


class NotYaml(ValueError):
    """The text is not one YAML document within the bounds; the error says why, and where."""


class _Loader(yaml.CSafeLoader):
    """Makes dicts whose keys are texts, each there once; refuses very long numbers.

    A plain `1e-3` is a number.
    """


def read_yaml(text: str) -> Any:
    """Reads the document that `text` holds.

    Raises:
        NotYaml: it is anything else, or has duplicate keys, deep nesting, aliases that expand to
            more than the largest text, or values that YAML's own types refuse.
    """
    size = len(text.encode(errors="surrogatepass"))
    if size > MAX_BYTES:
        raise NotYaml(f"it has {size} bytes, and at most {MAX_BYTES} are read")
    try:
        extent = _Extent()
        for event in yaml.parse(text, yaml.CSafeLoader):
            extent.grow(event)
        # _Loader is a safe loader.
        return yaml.load(text, _Loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        raise NotYaml(_sentence(error)) from None
    except yaml.YAMLError as error:
        raise NotYaml(" ".join(str(error).split())) from None
    except NotYaml:
        raise
    # For a value that it can't make, such as `!!int ""`, a date with a 13th month or a lone
    # surrogate, PyYAML raises errors of many classes.
    except Exception as error:
        raise NotYaml(f"a value cannot be read: {type(error).__name__}: {error}") from error


class _Extent:
    """Counts how deep a document is, and how large with its aliases expanded."""

    def __init__(self) -> None:
        self._total = 0
        self._anchors: dict[str, int] = {}
        self._opened: list[tuple[str | None, int]] = []
        """Of each open collection: its anchor, and how much came before it."""

    def grow(self, event: yaml.Event) -> None:
        """Counts one more event.

        Raises:
            NotYaml: it is too deep or too large by now, or the event is an alias of nothing.
        """
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise NotYaml(f"{_place(event.start_mark)}: alias {event.anchor!r} is of no value")
            self._total += self._anchors[event.anchor]
        elif isinstance(event, yaml.ScalarEvent):
            self._total += len(event.value) + 1
            self._anchors[event.anchor or ""] = len(event.value) + 1
        elif isinstance(event, yaml.CollectionStartEvent):
            self._opened.append((event.anchor, self._total))
            self._total += 1
            # Within itself, an anchor is not yet that of a value.
            self._anchors.pop(event.anchor or "", None)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = self._opened.pop()
            self._anchors[anchor or ""] = self._total - before
        if len(self._opened) > MAX_DEPTH:
            raise NotYaml(
                f"{_place(event.start_mark)}: it is nested more than {MAX_DEPTH} levels deep"
            )
        if self._total > MAX_BYTES:
            raise NotYaml(
                f"{_place(event.start_mark)}: with its aliases expanded it is larger than "
                f"{MAX_BYTES} bytes"
            )


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    """Makes a mapping; its own keys win over merged ones."""
    _refuse_odd_keys(node)
    loader.flatten_mapping(node)
    return {
        _key(key) or loader.construct_object(key, deep=True): loader.construct_object(
            value, deep=True
        )
        for key, value in node.value
    }


def _key(node: yaml.Node) -> str:
    """Returns a key as text; empty for what is merged.

    The plain keys true and false are the texts: no key of a spec is a truth value.
    """
    if node.tag == "tag:yaml.org,2002:bool" and node.value.lower() in ("true", "false"):
        return str(node.value.lower())
    return str(node.value) if node.tag == "tag:yaml.org,2002:str" else ""


def _refuse_odd_keys(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        is_merge = key.tag == "tag:yaml.org,2002:merge"
        if not (is_merge or key.tag == "tag:yaml.org,2002:str" or _key(key)):
            raise NotYaml(f"{_place(key.start_mark)}: a key is not a text; quote it")
        name = _key(key) or key.value
        if name in seen:
            raise NotYaml(f"{_place(key.start_mark)}: key {name!r} stands there twice")
        seen.add(name)


def _number(loader: _Loader, node: yaml.ScalarNode) -> Any:
    if len(node.value) > MAX_NUMBER:
        raise NotYaml(
            f"{_place(node.start_mark)}: a number has more than {MAX_NUMBER} characters; quote "
            "what is a text"
        )
    make = yaml.CSafeLoader.yaml_constructors[node.tag]
    return make(loader, node)


# PyYAML's numbers are those of YAML 1.1, in which an exponent needs a point and a sign.
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _EXPONENT, [*"-+.0123456789"])
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _number)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)


def _sentence(error: yaml.MarkedYAMLError) -> str:
    """Says where and what, without quoting the text."""
    said = ", ".join(filter(None, (error.context, error.problem)))
    return f"{_place(error.problem_mark)}: {said}" if error.problem_mark else said


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}"
