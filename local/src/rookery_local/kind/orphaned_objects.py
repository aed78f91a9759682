"""Orphaned objects: made by an earlier revision of the release, and not named by the present one.

Helm compares an upgrade with the last revision that was deployed. What a failed upgrade made beside
that belongs to no revision: neither the next upgrade nor an uninstallation removes it.
"""

from collections.abc import Collection, Iterable, Iterator

from rookery_local.cluster.namespace import RELEASE_KINDS, Namespace, Object

MADE_BY = "meta.helm.sh/release-name"
"""The annotation by which Helm knows its own objects; no other object has it."""
POLICY = "helm.sh/resource-policy"


def object_names(manifest: Iterable[Object | None]) -> set[tuple[str, str]]:
    """Lists kind and name of each object of a manifest."""
    return {(each["kind"], each["metadata"]["name"]) for each in manifest if each}


def orphans(
    objects: Iterable[tuple[str, Object]], release: str, named: Collection[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Finds objects that the release made and may delete, but does not name."""
    for kind, each in objects:
        metadata = each["metadata"]
        annotations = metadata.get("annotations") or {}
        ours = annotations.get(MADE_BY) == release and annotations.get(POLICY) != "keep"
        if ours and (kind, metadata["name"]) not in named:
            yield kind, metadata["name"]


def remove_orphans(
    namespace: Namespace, release: str, named: Collection[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Removes all orphaned objects of the release, and returns them."""
    objects = [(kind, each) for kind in RELEASE_KINDS for each in namespace.objects(kind)]
    found = sorted(orphans(objects, release, named))
    for kind, name in found:
        namespace.delete(kind, name)
    return found
