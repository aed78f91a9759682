"""The images of a node, as its containerd lists them, and pods that run outdated ones."""

from collections.abc import Callable, Iterable, Mapping

from rookery_local.cluster.namespace import Object

REGISTRY = "docker.io"
CONTAINERS = (("containers", "containerStatuses"), ("initContainers", "initContainerStatuses"))
"""The fields of a pod for its containers, and for their states."""
LISTING = ("ctr", "--namespace", "k8s.io", "images", "list")
"""The command whose output in the node `node_images` reads."""


def node_images(listing: str) -> dict[str, str]:
    """Reads the names by which the node knows images, each with the digest of its image.

    An image has several names: the one with a tag, and its id.
    """
    rows = [line.split() for line in listing.splitlines()[1:]]
    return {row[0]: row[2] for row in rows if len(row) > 2}


def ids(images: Mapping[str, str], name: str) -> frozenset[str]:
    """Lists the digests by which the node may report the image of that name; empty if none."""
    target = images.get(qualified(name))
    if target is None:
        return frozenset()
    same = (known for known, digest in images.items() if digest == target)
    return frozenset({target, *(known for known in same if known.startswith("sha256:"))})


def qualified(name: str) -> str:
    """Adds the default registry to a name that has none."""
    first, slash, _ = name.partition("/")
    if not slash:
        return f"{REGISTRY}/library/{name}"
    if "." in first or ":" in first or first == "localhost":
        return name
    return f"{REGISTRY}/{name}"


def digest(name: str) -> str:
    """Reads the digest at the end of an image's id or name: `sha256:...`."""
    return name.rpartition("@")[2]


def is_outdated(pods: Iterable[Object], ids: Callable[[str, str], frozenset[str]]) -> bool:
    """Says whether a container of a pod runs another image than its node has under that name.

    `ids` lists the digests by which a node (its first argument) may report an image (its second).
    """
    return any(
        digest(status["imageID"]) not in ids(pod["spec"]["nodeName"], container["image"])
        for pod in pods
        if "deletionTimestamp" not in pod["metadata"]
        for containers, statuses in CONTAINERS
        for container in pod["spec"].get(containers, [])
        for status in pod.get("status", {}).get(statuses, [])
        if status["name"] == container["name"] and status.get("imageID")
    )
