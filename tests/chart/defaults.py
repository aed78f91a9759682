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
    """The default values of a part; those of all without a name."""
    read: Object = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    found: Object = read[part] if part else read
    return found


def leaves(values: Object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """The paths of all that is no mapping with keys, and what is there."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def all_leaves() -> dict[str, object]:
    """Every path that a values file may name, with its default."""
    return dict(leaves(values_of("")))


FREE = (
    *("settings", "nodeSelector", "affinity", "models", "keys", "requests", "limits"),
    *("annotations", "labels", "commonLabels", "podAnnotations", "podLabels", "dnsConfig"),
    *("podSecurityContext", "securityContext", "rollingUpdate", "behavior"),
)
"""Mappings whose keys the chart does not know."""


def closed_mappings() -> list[str]:
    """Every mapping whose keys are all known, the root (an empty path) included.

    Not `global`: charts around this one, and tools such as Rancher, put keys of their own there.
    """
    return sorted({"", *_mappings(values_of(""))} - {"global"})


def _mappings(values: Object, prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict) and key not in FREE:
            yield f"{prefix}{key}"
            yield from _mappings(value, f"{prefix}{key}.")
