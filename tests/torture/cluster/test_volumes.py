"""A server's pod is replaced again and again while clients write: nothing acknowledged is lost."""

import shutil
from collections.abc import Iterator

import pytest
from tests.e2e.support.cluster import Cluster, Namespace
from tests.e2e.support.release import Release
from tests.e2e.support.replacements import WAYS
from tests.e2e.support.writer import written_to
from tools.checkout import ROOT
from tools.images.names import VALUES, chart_images

TIMES = 10
PARTS = ("postgresql", "minio")
ALONE = (
    *(f"--set={part}.enabled=false" for part in ("api", "ingress", "notebook", "pipeline")),
    *("--set=mlflow.enabled=false", "--set=global.mlflow.url=http://mlflow.invalid"),
)
"""Values of a release that is these two servers and nothing else."""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """The two servers, on one node of their own."""
    if shutil.which("kind") is None:
        pytest.skip("there is no kind on the PATH: install it, or run `make airgap`")
    cluster = Cluster("rookery-volumes", tmp_path_factory.mktemp("cluster") / "kubeconfig")
    try:
        cluster.create()
        images = chart_images((ROOT / VALUES).read_text())
        cluster.load(*(each.name for each in images if each.key in (*PARTS, "launcher")))
        made = Release(Namespace(cluster, "rookery"))
        made.namespace.create()
        made.install(*ALONE)
        yield made
    finally:
        cluster.delete()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("way", WAYS)
def test_ten_replacements_lose_nothing(release: Release, part: str, way: str) -> None:
    with written_to(release.namespace, part) as writer:
        for _ in range(TIMES):
            (old,) = release.pods(part)
            WAYS[way](release.namespace, old)
            release.rolled_out(part)
            writer.writes_again()

        lost = writer.lost()

    print(f"{part} {way}: {len(writer.acknowledged)} acknowledged, {len(lost)} lost")  # noqa: T201
    assert not lost
