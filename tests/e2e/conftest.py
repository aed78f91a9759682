"""One cluster for the run, one namespace for each test, and a report of it when the test fails."""

from collections.abc import Generator, Iterator
from uuid import uuid4

import pytest
from tests.e2e import objects
from tests.e2e.cluster import Cluster, Namespace

NAME = "rookery-e2e"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--keep-cluster`: a second run starts in seconds."""
    parser.addoption(
        "--keep-cluster",
        action="store_true",
        help=f"use the cluster {NAME} if it is there, and leave it and failed namespaces there",
    )


@pytest.fixture(scope="session")
def cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """A cluster from `kind-config.yaml` that has the images of the manifests."""
    keep = request.config.getoption("--keep-cluster")
    made = Cluster(NAME, tmp_path_factory.mktemp("cluster") / "kubeconfig")
    try:
        if keep and made.exists():
            made.adopt()
        else:
            made.create()
        made.load(*objects.images())
        yield made
    finally:
        if not keep:
            made.delete()


@pytest.fixture
def namespace(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[Namespace]:
    """A namespace of this test alone, under Pod Security `restricted`."""
    made = Namespace(cluster, f"test-{uuid4().hex[:8]}")
    made.create()
    yield made
    if not (request.config.getoption("--keep-cluster") and request.node.stash.get(FAILED, False)):
        made.delete()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows what went on in the test's namespace, while that is still there."""
    report = yield
    namespace = getattr(item, "funcargs", {}).get("namespace")
    if report.when == "call" and report.failed and isinstance(namespace, Namespace):
        item.stash[FAILED] = True
        report.sections.append((f"namespace {namespace.name}", namespace.report()))
    return report
