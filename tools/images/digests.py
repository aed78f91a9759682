"""Writes the digests of images into the chart's values, and changes nothing else there."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from tools.commands import output, succeeds
from tools.failure import ToolError

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def digest(name: str) -> str:
    """Asks the registry for the image's digest: that of its index, for every platform.

    Raises:
        ToolError: no registry that is reachable has it, or nothing can ask one.
    """
    if not succeeds("docker", "buildx", "version"):
        raise ToolError("this Docker client cannot ask a registry: install its buildx plugin")
    template = "{{.Manifest.Digest}}"
    told = output("docker", "buildx", "imagetools", "inspect", "--format", template, name)
    if DIGEST.fullmatch(told) is None:
        raise ToolError(f"the registry answered {told!r} for {name}, which is no digest")
    return told


def with_digests(values: str, digests: Mapping[str, str]) -> str:
    """Returns the text with each `global.images.<key>.digest`, comments and style as they were."""
    root = yaml.compose(values, Loader=yaml.SafeLoader)
    images = _entry(_entry(root, "global"), "images")
    places = [(_entry(_entry(images, key), "digest"), each) for key, each in digests.items()]
    for node, each in sorted(places, key=lambda place: place[0].start_mark.index, reverse=True):
        start, end = node.start_mark.index, node.end_mark.index
        values = f'{values[:start]}"{each}"{values[end:]}'
    return values


def _entry(node: Any, key: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return value
    raise ToolError(f"the chart's values have no {key!r} where it is looked for")
