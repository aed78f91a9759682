"""The images of a cluster's node, by what its containerd says of them."""

from collections.abc import Callable, Iterable, Mapping

from rookery_local.cluster.namespace import Object

REGISTRY = "docker.io"
CONTAINERS = (("containers", "containerStatuses"), ("initContainers", "initContainerStatuses"))
"""The fields of a pod for its containers, and for what became of them."""
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


def is_outdated(pods: Iterable[Object], ids: Callable[[str, str], frozenset[str]]) -> bool:
    """Whether a pod runs, or was prepared by, another image than its image's name stands for on its
    node.

    `ids` says by which digests a node (first) may call an image (second).
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
