"""Images in the engine, each with the digest of its inputs as a label.

An image gets its name when it is whole, so an image with the right name and digest is finished.
"""

from collections.abc import Callable
from pathlib import Path

from tools.commands import logged, output, succeeds
from tools.failure import ToolError

DIGEST = "rookery.airgap.digest"
STAND_IN = "rookery.airgap.stand-in"


def label(name: str, key: str) -> str:
    """Returns the value of an image's label, empty where there is no such image or label."""
    template = f'{{{{index .Config.Labels "{key}"}}}}'
    if not succeeds("docker", "image", "inspect", name):
        return ""
    return output("docker", "image", "inspect", "--format", template, name).replace(
        "<no value>", ""
    )


def exists(name: str) -> bool:
    """Tells whether the engine has an image of that name."""
    return succeeds("docker", "image", "inspect", name)


def ensure(name: str, key: str, build: Callable[[], None]) -> bool:
    """Builds the image if the engine has none of that name and digest, and tells whether it did."""
    if label(name, DIGEST) == key:
        return False
    build()
    if label(name, DIGEST) != key:
        raise ToolError(f"{name} was built but does not carry its digest {key}")
    return True


def import_root(archive: Path, name: str, key: str, log: Path) -> None:
    """Makes a file system an image of one layer."""
    change = f"LABEL {DIGEST}={key}"
    logged(["docker", "import", "--change", change, archive, name], log)


def ours() -> list[str]:
    """Returns the ids of all images that carry a digest of ours."""
    return sorted(set(output("docker", "image", "ls", "-q", "--filter", f"label={DIGEST}").split()))


def remove(image: str) -> None:
    """Removes the image, with every name of it."""
    output("docker", "image", "rm", "--force", image)


def prune() -> None:
    """Removes images of ours that lost their name to newer ones."""
    output("docker", "image", "prune", "--force", "--filter", f"label={DIGEST}")


def size(name: str) -> int:
    """Returns the size of the image in bytes."""
    return int(output("docker", "image", "inspect", "--format", "{{.Size}}", name))
