"""One cluster for the run, one release in it, and a report of what there is when a test fails."""

import re
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from tests.e2e.support import api, objects
from tests.e2e.support.cluster import NAME, Cluster, Namespace
from tests.e2e.support.load import Load, loaded
from tests.e2e.support.measurements import FOLDER, Measurements
from tests.e2e.support.release import Release
from tools.checkout import ROOT
from tools.images.names import VALUES, chart_images

# What a cluster is, then the life of one release: what breaks most comes last.
ORDER = (
    "test_cluster",
    "test_images",
    "test_installation",
    "test_policies",
    "test_upgrades",
    "test_failed_upgrades",
    "test_lost_secrets",
    "test_promotion",
    "test_job_files",
    "test_client",
    "test_sweeps",
    "test_volumes",
    "test_faults",
    "test_notebook",
    "test_scaling",
    "test_removal",
)
LIVE = pytest.StashKey[list[Namespace]]()
FAILED = pytest.StashKey[bool]()
MEASURED = pytest.StashKey[Measurements]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--keep-cluster`: a second run starts in seconds."""
    parser.addoption(
        "--keep-cluster",
        action="store_true",
        help=f"use the cluster {NAME} and its release if they are there, and leave them there",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Nothing is there yet, and nothing measured."""
    config.stash[LIVE], config.stash[MEASURED] = [], Measurements()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The modules come in the order of `ORDER`; the rest of the checkout's tests before them."""
    items.sort(key=lambda item: ORDER.index(item.path.stem) if item.path.stem in ORDER else -1)


@pytest.fixture(scope="session")
def cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """Makes a cluster from `kind-config.yaml` that has the images of the manifests."""
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
    """Makes a namespace for this test alone, under Pod Security `restricted`."""
    made, live = Namespace(cluster, f"test-{uuid4().hex[:8]}"), request.config.stash[LIVE]
    live.append(made)
    made.create()
    yield made
    live.remove(made)
    if not (request.config.getoption("--keep-cluster") and request.node.stash.get(FAILED, False)):
        made.delete()


@pytest.fixture(scope="session")
def release(
    request: pytest.FixtureRequest, cluster: Cluster, measurements: Measurements
) -> Iterator[Release]:
    """Installs the release with its own values, once the run's images are loaded."""
    made = Release(Namespace(cluster, "rookery"))
    live = request.config.stash[LIVE]
    live.append(made.namespace)
    begun = time.monotonic()
    # By their tags: what is loaded has no digest of a registry.
    images = chart_images((ROOT / VALUES).read_text())
    cluster.load(*(each.name for each in images))
    measurements.took("loading the images", time.monotonic() - begun)
    if not cluster.has_namespace(made.namespace.name):
        made.namespace.create()
    if not made.exists():
        begun = time.monotonic()
        made.install()
        measurements.took("installation", time.monotonic() - begun)
    yield made
    live.remove(made.namespace)


@pytest.fixture(scope="session")
def measurements(request: pytest.FixtureRequest) -> Measurements:
    """Collects the figures that are printed at the end."""
    return request.config.stash[MEASURED]


UnderLoad = Callable[[str, str], AbstractContextManager[Load]]


@pytest.fixture
def under_load(release: Release, measurements: Measurements) -> UnderLoad:
    """Asks a model's route steadily while a fault happens, for the table of faults."""

    @contextmanager
    def asked(fault: str, model: str) -> Iterator[Load]:
        with loaded(model, api.example(model)) as load:
            try:
                yield load
            finally:
                load.stop()
                measurements.add(fault, load)

    return asked


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows what went on in the namespaces there are, while that is still there."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        for namespace in item.config.stash[LIVE]:
            told = namespace.report()
            report.sections.append((f"namespace {namespace.name}", told))
            report_file(item.name).write_text(told)
    return report


def report_file(test: str) -> Path:
    """Names the file in which a failed test leaves the report of its namespace."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    return FOLDER / f"{re.sub(r'[^A-Za-z0-9]+', '-', test).strip('-')}.txt"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """The figures are printed, and are in `dist/e2e`."""
    measured = config.stash[MEASURED]
    if lines := list(measured.lines()):
        terminalreporter.section("measured")
        for line in lines:
            terminalreporter.write_line(line)
        measured.write()
