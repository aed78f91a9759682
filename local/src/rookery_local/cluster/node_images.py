"""The images of a cluster's node, by what its containerd says of them."""

from collections.abc import Mapping

REGISTRY = "docker.io"
LISTING = ("ctr", "--namespace", "k8s.io", "images", "list")
"""The command, within the node, whose output `node_images` reads."""


def node_images(listing: str) -> dict[str, str]:
    """Of each name that the node knows an image by, the digest of what it stands for.

    An image has several: its name with a tag, and its id.
    """
    rows = [line.split() for line in listing.splitlines()[1:]]
    return {row[0]: row[2] for row in rows if len(row) > 2}


def ids(images: Mapping[str, str], name: str) -> frozenset[str]:
    """Every digest by which the node may call the image of that name; none where it has none."""
    target = images.get(qualified(name))
    if target is None:
        return frozenset()
    same = (known for known, digest in images.items() if digest == target)
    return frozenset({target, *(known for known in same if known.startswith("sha256:"))})


def qualified(name: str) -> str:
    """The name with the registry that it leaves out."""
    first, slash, _ = name.partition("/")
    if not slash:
        return f"{REGISTRY}/library/{name}"
    if "." in first or ":" in first or first == "localhost":
        return name
    return f"{REGISTRY}/{name}"


def digest(name: str) -> str:
    """The digest at the end of an image's id or name: `sha256:...`."""
    return name.rpartition("@")[2]
