"""The release goes and comes back, with Helm 4, then with Helm 3; in the end its data go too."""

import re
import shlex
import time
from dataclasses import dataclass

import pytest
from tests.e2e.support import api, objects, tracking
from tests.e2e.support.measurements import Measurements
from tests.e2e.support.release import HELM_3, NAME, VOLUMES, Release
from tests.e2e.test_installation import MODELS
from tests.e2e.test_upgrades import state
from tools.checkout import ROOT

CLUSTER_SCOPED = "clusterroles,clusterrolebindings,ingressclasses"
NAMESPACED = (
    "all,configmaps,secrets,pvc,ingresses,serviceaccounts,roles,rolebindings,pdb,networkpolicies"
)


@dataclass(frozen=True)
class Standing:
    """What is served, and how many sweeps it had."""

    versions: dict[str, str]
    sweeps: dict[str, int]


def standing(release: Release) -> Standing:
    """Returns how the shipped models stand."""
    with tracking.tracked(release.namespace) as client:
        sweeps = {model: tracking.sweeps(client, model) for model in MODELS}
    return Standing({model: api.version(model) for model in MODELS}, sweeps)


@pytest.fixture(scope="module")
def before(release: Release) -> Standing:
    """Uninstalls the release, and returns how the models stood before."""
    found = standing(release)
    release.uninstall()
    return found


def remains(release: Release) -> list[str]:
    """Returns what is left of the release in its namespace and in the cluster."""
    selected = ("-l", f"app.kubernetes.io/instance={NAME}", "-o", "name")
    left = release.namespace.cluster.kubectl("get", CLUSTER_SCOPED, *selected).split()
    own = release.namespace.kubectl("get", NAMESPACED, "-o", "name").split()
    given = {"configmap/kube-root-ca.crt", "serviceaccount/default"}
    return sorted({*left, *own} - given)


def test_an_uninstallation_leaves_the_data_and_its_passwords_alone(
    release: Release, before: Standing
) -> None:
    claims = [f"persistentvolumeclaim/{name}" for name in VOLUMES]

    assert remains(release) == sorted([*claims, "secret/postgresql", "secret/s3"])


def test_a_reinstallation_serves_the_old_champions_without_training(
    release: Release, before: Standing, measurements: Measurements
) -> None:
    begun = time.monotonic()
    release.install(helm=HELM_3)
    measurements.took("reinstallation with Helm 3", time.monotonic() - begun)

    assert standing(release) == before


def test_helm_3_upgrades_without_a_change(release: Release) -> None:
    found = state(release.namespace)

    release.upgrade(helm=HELM_3)

    assert state(release.namespace) == found


def test_helm_3_uninstalls(release: Release) -> None:
    release.uninstall(helm=HELM_3)

    assert not release.exists()


def purge() -> list[str]:
    """Returns the README's command that removes what is left, without `kubectl`."""
    (line,) = re.findall(r"kubectl (delete jobs,[^`\n]+)", (ROOT / "README.md").read_text())
    return shlex.split(line)


def test_the_documented_purge_leaves_nothing(release: Release) -> None:
    # What else may be left: a Job of a file, which nobody owns, and a failed pod of `helm test`.
    release.namespace.kubectl("create", "-f", str(ROOT / "k8s" / "jobs" / "retention.yaml"))
    failed = objects.pod("test-tracking", "false")
    labels = {"app.kubernetes.io/instance": NAME, "app.kubernetes.io/part-of": "rookery"}
    failed["metadata"]["labels"] = labels
    release.namespace.apply(failed)
    release.namespace.wait("pod/test-tracking", "jsonpath={.status.phase}=Failed")
    assert len(remains(release)) > len(VOLUMES)

    release.namespace.kubectl(*purge())

    # The Job's pod goes a moment after the Job.
    release.namespace.kubectl("wait", "pods", "--all", "--for=delete", "--timeout=120s")
    assert remains(release) == []
