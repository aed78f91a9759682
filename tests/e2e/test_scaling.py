"""A HorizontalPodAutoscaler with metrics-server: load brings pods, and its end takes them.

To switch it on or off changes the number of pods by none.
"""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.e2e.support import api, objects
from tests.e2e.support.cluster import Cluster, CommandFailed, run, until
from tests.e2e.support.load import loaded
from tests.e2e.support.measurements import Measurements
from tests.e2e.support.release import Release

FEWEST, MOST = 2, 3
RATE = 200.0
SCALED = {
    "api": {
        "autoscaling": {
            "enabled": True,
            "minReplicas": FEWEST,
            "maxReplicas": MOST,
            # Of the 100m that a pod asks for: more than an idle one takes, less than under load.
            "cpuPercent": 20,
            "behavior": {
                "scaleUp": {"stabilizationWindowSeconds": 0},
                "scaleDown": {
                    "stabilizationWindowSeconds": 15,
                    "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
                },
            },
        }
    }
}
PATIENCE = 300.0


@pytest.fixture
def metrics(cluster: Cluster) -> None:
    """The cluster tells what pods use."""
    for each in objects.read("metrics-server"):
        cluster.kubectl("apply", "-f", "-", stdin=json.dumps(each))

    def answers() -> str | None:
        try:
            return cluster.kubectl("top", "nodes", "--no-headers") or None
        except CommandFailed:
            return None

    until("figures of metrics-server", answers)


@pytest.fixture
def scaled(release: Release, metrics: None, tmp_path: Path) -> Iterator[None]:
    """The release scales its API; afterwards it does not."""
    values = tmp_path / "scaled.yaml"
    values.write_text(yaml.safe_dump(SCALED))
    before = uids(release)
    release.upgrade(f"--values={values}")
    assert uids(release) == before
    yield
    release.upgrade("--set=api.autoscaling.enabled=false")


def uids(release: Release) -> set[str]:
    """Returns which pods the API has."""
    return {each["metadata"]["uid"] for each in release.pods("api")}


def asked_for(release: Release) -> int:
    """Returns how many pods the API is to have."""
    return int(release.namespace.get("deployment", "api")["spec"]["replicas"])


def test_load_brings_pods_and_its_end_takes_them_without_a_failed_request(
    release: Release, scaled: None, measurements: Measurements
) -> None:
    with loaded("species", api.example("species"), rate=RATE) as load:
        until("more pods", lambda: len(release.pods("api")) > FEWEST or None, patience=PATIENCE)
        release.rolled_out("api")
    with loaded("species", api.example("species"), rate=1.0) as little:
        until(
            "the fewest pods again",
            lambda: len(release.pods("api")) == FEWEST or None,
            patience=PATIENCE,
        )

    measurements.add("scaled up under load", load)
    measurements.add("scaled down when it was gone", little)
    assert (load.failures, little.failures) == ([], [])


def test_the_number_of_an_autoscaler_that_is_switched_off_stays_until_somebody_sets_another(
    release: Release, scaled: None
) -> None:
    fewest = json.dumps({"spec": {"minReplicas": MOST}})
    release.namespace.kubectl("patch", "hpa", "api", "--patch", fewest)
    until("more pods", lambda: asked_for(release) == MOST or None, patience=PATIENCE)
    release.rolled_out("api")
    before = uids(release)

    notes = release.upgrade("--set=api.autoscaling.enabled=false")

    assert uids(release) == before
    (command,) = re.findall(r"^  (kubectl .* scale deployment/api .*)", notes, re.MULTILINE)
    run(*shlex.split(command), "--kubeconfig", release.namespace.cluster.kubeconfig)
    assert " scale deployment/api " not in release.upgrade()
    assert asked_for(release) == FEWEST
    release.rolled_out("api")
