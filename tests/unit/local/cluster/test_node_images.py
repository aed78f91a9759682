"""The images of a node, as its containerd lists them."""

import pytest

from rookery_local.cluster.node_images import digest, ids, node_images, qualified

CONFIG, MANIFEST, OLD = ("sha256:" + letter * 64 for letter in "abc")
KIND = "application/vnd.docker.distribution.manifest.v2+json"
LISTING = f"""REF TYPE DIGEST SIZE PLATFORMS LABELS
docker.io/rookery/api:1.2.3 {KIND} {MANIFEST} 313.0 MiB linux/amd64 io.cri-containerd.image=managed
import-2026-11-26@{MANIFEST} {KIND} {MANIFEST} 313.0 MiB linux/amd64 -
import-2026-11-25@{OLD} {KIND} {OLD} 313.0 MiB linux/amd64 -
{CONFIG} {KIND} {MANIFEST} 313.0 MiB linux/amd64 io.cri-containerd.image=managed
"""


def test_an_image_goes_by_its_digest_and_its_id() -> None:
    assert ids(node_images(LISTING), "rookery/api:1.2.3") == {MANIFEST, CONFIG}


def test_an_image_that_is_not_there_goes_by_nothing() -> None:
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
def test_a_short_name_means_the_usual_registry(name: str, expected: str) -> None:
    assert qualified(name) == expected


def test_a_digest_is_the_end_of_an_id_or_of_a_name() -> None:
    assert digest("sha256:ab") == "sha256:ab"
    assert digest("docker.io/library/import-2026@sha256:ab") == "sha256:ab"
