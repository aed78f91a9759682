"""Writes the tables of values in the chart's README from the values file and its comments.

`python -m tools.generate.values_tables` writes them anew between the two marks.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import yaml

from tools.checkout import ROOT

CHART = ROOT / "charts" / "rookery"
README = CHART / "README.md"
VALUES = CHART / "values.yaml"
BEGIN, END = "<!-- values -->", "<!-- end of values -->"


@dataclass(frozen=True)
class Value:
    """A key of a values file: its path, its default and what its comment says."""

    path: str
    default: str | None
    """As JSON; none for a key that only holds others."""
    says: str


def main() -> None:
    """Writes the tables of today's values file into the README."""
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")


def written(readme: str) -> str:
    """Returns the README with today's tables between the marks."""
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"


def tables() -> str:
    """Returns one table for each key at the top, in the order of the file."""
    groups = groupby(values(), key=lambda each: each.path.partition(".")[0])
    return "\n".join(_table(title, list(found)) for title, found in groups)


def values() -> list[Value]:
    """Reads the keys of the chart's values file."""
    text = VALUES.read_text(encoding="utf-8")
    root = yaml.compose(text, yaml.SafeLoader)
    assert root is not None
    return list(_walk(root, "", text.splitlines()))


def _walk(node: yaml.Node, prefix: str, lines: list[str]) -> Iterator[Value]:
    """Yields a key, then those below it, unless only the key itself is described."""
    assert isinstance(node, yaml.MappingNode)
    for key, value in node.value:
        path, says = f"{prefix}{key.value}", _comment(lines, key.start_mark.line)
        if isinstance(value, yaml.MappingNode) and not value.flow_style:
            below = list(_walk(value, f"{path}.", lines))
            if not says or any(each.says for each in below):
                yield from [Value(path, None, says)] if says else []
                yield from below
                continue
        yield Value(path, json.dumps(_constructed(value), ensure_ascii=False), says)


def _constructed(node: yaml.Node) -> object:
    loader = yaml.SafeLoader("")
    try:
        made: object = loader.construct_object(node, deep=True)
    finally:
        loader.dispose()
    return made


def _comment(lines: list[str], line: int) -> str:
    """Returns what stands behind the key, or right above it, without the key's own name."""
    key, _, behind = lines[line].partition(" #")
    if behind:
        return behind.strip()
    indent = key[: len(key) - len(key.lstrip())]
    above: list[str] = []
    for each in reversed(lines[:line]):
        if not each.startswith(f"{indent}#"):
            break
        above.insert(0, each[len(indent) + 1 :].strip())
    return re.sub(r"^[\w.]+: ", "", " ".join(above))


def _table(title: str, values: list[Value]) -> str:
    rows = [f"### {title}", "", "| key | default | |", "| --- | --- | --- |"]
    for each in values:
        default = f"`{_cell(each.default)}`" if each.default else ""
        rows.append(f"| `{each.path}` | {default} | {_cell(each.says)} |")
    return "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
