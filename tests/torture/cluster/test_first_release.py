"""From the first release to this one and back, while callers ask: data and champions stay.

The chart and the images of the first release come out of this checkout's own history; no network is
needed, and a shallow clone has no such history.
"""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.support import api, specs
from tests.e2e.support.cluster import Cluster, CommandFailed, Namespace, run
from tests.e2e.support.database import changes, count
from tests.e2e.support.load import PROMISED_RATE, loaded
from tests.e2e.support.release import CHART, HELM_3, HELM_4, Release
from tests.torture.cluster import first_release
from tools.checkout import ROOT

from rookery_core.database.names import PROCESSED, PROCESSED_SCHEMA, RAW, RAW_SCHEMA

MODELS = ("species", "sex", specs.MODEL)
RETIRED = "--set=api.minAvailable=1"
"""A value that users of the first release gave, and whose key is called otherwise now."""
OF_THE_MODEL = f"--set-file=global.models.{specs.MODEL}"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout of the first release."""
    return first_release.checkout(tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="module")
def cluster(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One node that has the images of both releases."""
    if shutil.which("kind") is None:
        pytest.skip("there is no kind on the PATH: install it, or run `make airgap`")
    folder = tmp_path_factory.mktemp("cluster")
    images = first_release.images(first, folder / "images.log")
    made = Cluster("rookery-first", folder / "kubeconfig")
    try:
        made.create()
        made.load(*images)
        yield made
    finally:
        made.delete()


@pytest.fixture(params=[HELM_4, HELM_3])
def helm(request: pytest.FixtureRequest) -> str:
    """The Helm of the release's life."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def old(cluster: Cluster, first: Path, helm: str, tmp_path: Path) -> Iterator[Release]:
    """The first release, with a weak champion of a table of its users' own."""
    weak = first_release.written(first, tmp_path, specs.WEAK)
    made = Release(Namespace(cluster, helm), first / "charts" / "rookery")
    made.namespace.create()
    table = f"{OF_THE_MODEL}.data={specs.PENGUINS}"
    made.install(RETIRED, f"{OF_THE_MODEL}.spec={weak}", table, helm=helm)
    yield made
    made.uninstall(helm=helm)
    made.namespace.delete()


def kept(namespace: Namespace) -> dict[str, object]:
    """What neither an upgrade nor a way back may change: volumes and rows."""
    volumes = {each["metadata"]["name"]: each["metadata"]["uid"] for each in namespace.list("pvc")}
    rows = {model: count(namespace, PROCESSED, f"{PROCESSED_SCHEMA}.{model}") for model in MODELS}
    return {**volumes, **rows, "batches": count(namespace, RAW, f"{RAW_SCHEMA}.batches")}


def upgraded_as_documented(namespace: Namespace, helm: str, *options: str) -> None:
    """Runs the commands of the chart's own page, with these options for Helm beside its own."""
    (commands,) = re.findall(
        r"```console\n(OLD=.*?)```", (CHART / "README.md").read_text(), re.DOTALL
    )
    ours = f"{helm} upgrade {shlex.join(options)} "
    assert commands.count("helm upgrade ") == 1
    namespace.cluster.kubectl("config", "set-context", "--current", f"--namespace={namespace.name}")
    run(
        *("bash", "-euc", f"cd {ROOT}\n{commands.replace('helm upgrade ', ours)}"),
        environment={"KUBECONFIG": str(namespace.cluster.kubeconfig)},
    )


@pytest.mark.timeout(3600)
def test_an_upgrade_from_the_first_release_and_back_costs_hardly_a_request(
    old: Release, first: Path, helm: str, tmp_path: Path
) -> None:
    before, row = kept(old.namespace), api.example("species")
    strong = first_release.written(first, tmp_path, specs.STRONG)
    now = Release(old.namespace)
    served = api.predict_all("species", [row])

    with pytest.raises(CommandFailed, match=r"api\.minAvailable is called api\.podDisruption"):
        now.upgrade(helm=helm)
    with loaded("species", row) as load:
        given = ("--set=api.minAvailable=null", f"{OF_THE_MODEL}.spec={strong}")
        upgraded_as_documented(old.namespace, helm, *given)
        now.rolled_out("api")
        now.rolled_out("traefik")
    api.await_champion(specs.MODEL)

    said = f"{len(load.answers)} asked, {len(load.failures)} failed, gap {load.longest_gap:.2f} s"
    print(f"{helm}: {said}")  # noqa: T201
    # The first release's Traefik closes connections that are in use as it ends.
    assert len(load.failures) <= len(load.answers) / 1000
    assert load.rate >= PROMISED_RATE
    assert load.versions == {"1"}
    assert kept(old.namespace) == before
    assert api.predict_all("species", [row]) == served
    assert [api.version(model) for model in MODELS] == ["1", "1", "2"]
    assert [each.version for each in changes(now.namespace, specs.MODEL)] == ["1", "2"]

    old.roll_back(helm=helm)
    old.namespace.kubectl("delete", "pods", "--selector=app.kubernetes.io/name=api")
    old.rolled_out("api")

    # Empty pods of the first release read what this one promoted.
    api.await_champion(specs.MODEL)
    assert [api.version(model) for model in MODELS] == ["1", "1", "2"]
    assert api.predict_all("species", [row]) == served
    assert kept(old.namespace) == before
