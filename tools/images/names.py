"""Every image of the chart, read from the one place that names them: its values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.failure import ToolError

VALUES = Path("charts/rookery/values.yaml")
PLACES = ("services/{}/Dockerfile", "images/{}/Dockerfile")


@dataclass(frozen=True)
class Image:
    """One entry of `global.images`."""

    key: str
    repository: str
    tag: str

    @property
    def name(self) -> str:
        """Returns the name that an engine knows it by, without its digest."""
        return f"{self.repository}:{self.tag}"


def chart_images(values: str) -> tuple[Image, ...]:
    """Reads `global.images` from the chart's values; a mirror takes the place of every registry.

    Raises:
        ToolError: there are none.
    """
    found = _global(yaml.safe_load(values))
    mirror = str(found.get("imageRegistry") or "").rstrip("/")
    return tuple(
        Image(key, f"{mirror or each['registry']}/{each['repository']}", str(each["tag"]))
        for key, each in found["images"].items()
    )


def ours(images: tuple[Image, ...], checkout: Path) -> Iterator[tuple[Image, Path]]:
    """Yields those with a Dockerfile in this checkout, and the Dockerfile."""
    for image in images:
        for place in PLACES:
            dockerfile = checkout / place.format(image.key)
            if dockerfile.is_file():
                yield image, dockerfile


def others(images: tuple[Image, ...], checkout: Path) -> tuple[Image, ...]:
    """Returns those that a registry has."""
    built = {image.key for image, _ in ours(images, checkout)}
    return tuple(image for image in images if image.key not in built)


def _global(values: Any) -> Mapping[str, Any]:
    match values:
        case {"global": {"images": dict()} as found}:
            return dict(found)
    raise ToolError(f"{VALUES} names no images: it has to have global.images")
