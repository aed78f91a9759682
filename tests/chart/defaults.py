"""The chart's default values, key by key, and another value for each."""

from collections.abc import Iterator
from pathlib import Path

import yaml
from tests.chart.chart import CHART
from tests.chart.manifests import Object

PARTS = tuple(
    sorted(folder.name for folder in (CHART / "charts").iterdir() if folder.name != "partials")
)


def folder(part: str) -> Path:
    """Where a part's chart is; the umbrella's without a name."""
    return CHART / "charts" / part if part else CHART


def values_of(part: str) -> Object:
    """The values file of a part."""
    read: Object = yaml.safe_load((folder(part) / "values.yaml").read_text(encoding="utf-8"))
    return read or {}


def leaves(values: Object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """The paths of all that is no mapping with keys, and what is there."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def all_leaves() -> dict[str, object]:
    """Every path that a values file may name, with its default."""
    found = dict(leaves(values_of("")))
    for part in PARTS:
        found |= dict(leaves(values_of(part), f"{part}."))
    return found


FREE = ("settings", "resources", "nodeSelector", "affinity", "models", "keys")
"""Mappings whose keys the chart does not know."""


def closed_mappings() -> list[str]:
    """Every mapping whose keys are all known, the root (an empty path) included."""
    found = [""] + [each for each in _mappings(values_of("")) if "models" not in each]
    for part in PARTS:
        found += [f"{part}.{each}" for each in _mappings(values_of(part))]
    return sorted({*found, *PARTS})


def _mappings(values: Object, prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict) and key not in FREE:
            yield f"{prefix}{key}"
            yield from _mappings(value, f"{prefix}{key}.")
