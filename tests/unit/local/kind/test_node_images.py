"""The images of a node, as its containerd lists them, and pods that run outdated ones."""

from typing import Any

import pytest

from rookery_local.kind.node_images import digest, ids, is_outdated, node_images, qualified

CONFIG, MANIFEST, OLD = ("sha256:" + letter * 64 for letter in "abc")
KIND = "application/vnd.docker.distribution.manifest.v2+json"
LISTING = f"""REF TYPE DIGEST SIZE PLATFORMS LABELS
docker.io/rookery/api:1.2.3 {KIND} {MANIFEST} 313.0 MiB linux/amd64 io.cri-containerd.image=managed
import-2026-11-26@{MANIFEST} {KIND} {MANIFEST} 313.0 MiB linux/amd64 -
import-2026-11-25@{OLD} {KIND} {OLD} 313.0 MiB linux/amd64 -
{CONFIG} {KIND} {MANIFEST} 313.0 MiB linux/amd64 io.cri-containerd.image=managed
"""


def test_an_image_is_known_by_its_digest_and_its_id() -> None:
    assert ids(node_images(LISTING), "rookery/api:1.2.3") == {MANIFEST, CONFIG}


def test_an_image_that_the_node_lacks_is_known_by_nothing() -> None:
    assert ids(node_images(LISTING), "rookery/api:1.3.0") == frozenset()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("postgres:18", "docker.io/library/postgres:18"),
        ("rookery/api:1", "docker.io/rookery/api:1"),
        ("mirror.example.org/rookery/api:1", "mirror.example.org/rookery/api:1"),
        ("localhost:5000/api:1", "localhost:5000/api:1"),
    ],
)
def test_a_short_name_gets_the_default_registry(name: str, expected: str) -> None:
    assert qualified(name) == expected


def test_a_digest_is_the_end_of_an_id_or_of_a_name() -> None:
    assert digest("sha256:ab") == "sha256:ab"
    assert digest("docker.io/library/import-2026@sha256:ab") == "sha256:ab"


def running(image_id: str, **metadata: str) -> dict[str, Any]:
    return {
        "metadata": {"name": "api-1", **metadata},
        "spec": {"nodeName": "node", "containers": [{"name": "api", "image": "rookery/api:1"}]},
        "status": {"containerStatuses": [{"name": "api", "imageID": image_id}]},
    }


def now_is_new(node: str, image: str) -> frozenset[str]:
    assert (node, image) == ("node", "rookery/api:1")
    return frozenset({MANIFEST})


def test_a_pod_whose_image_name_now_stands_for_another_image_is_outdated() -> None:
    assert is_outdated([running(OLD)], now_is_new)
    assert is_outdated([running(MANIFEST), running(f"docker.io/rookery/api@{OLD}")], now_is_new)


def test_a_pod_of_the_loaded_image_is_not_outdated_in_either_spelling_of_its_id() -> None:
    assert not is_outdated(
        [running(MANIFEST), running(f"docker.io/rookery/api@{MANIFEST}")], now_is_new
    )


def test_a_pod_with_an_outdated_init_container_is_outdated() -> None:
    pod = running(MANIFEST)
    prepares = {"name": "launcher", "image": "rookery/api:1"}
    pod["spec"]["initContainers"] = [prepares]

    def prepared_by(image_id: str) -> dict[str, Any]:
        status = {"name": "launcher", "imageID": image_id}
        return {**pod, "status": {**pod["status"], "initContainerStatuses": [status]}}

    assert is_outdated([prepared_by(OLD)], now_is_new)
    assert not is_outdated([prepared_by(MANIFEST)], now_is_new)


def test_a_pod_that_has_not_started_or_is_being_deleted_is_not_outdated() -> None:
    ending = running(OLD, deletionTimestamp="2026-11-26T12:00:00Z")

    assert not is_outdated([running(""), ending], now_is_new)
