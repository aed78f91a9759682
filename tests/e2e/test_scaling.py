"""A HorizontalPodAutoscaler with metrics-server: load brings pods, and its end takes them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.e2e.support import api, objects
from tests.e2e.support.cluster import Cluster, CommandFailed, until
from tests.e2e.support.load import loaded
from tests.e2e.support.measurements import Measurements
from tests.e2e.support.release import Release

FEWEST, MOST = 1, 3
RATE = 150.0
SCALED = {
    "api": {
        "autoscaling": {
            "enabled": True,
            "minReplicas": FEWEST,
            "maxReplicas": MOST,
            # Of the 100m that a pod asks for: more than an idle one takes, less than under load.
            "cpuPercent": 30,
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
    """The release scales its API; afterwards it has as many pods as before."""
    values = tmp_path / "scaled.yaml"
    values.write_text(yaml.safe_dump(SCALED))
    release.upgrade(f"--values={values}")
    yield
    # Its last word on the number of pods would be in the way of Helm's.
    release.namespace.kubectl("delete", "horizontalpodautoscaler", "api")
    release.upgrade("--set=api.autoscaling.enabled=false", "--force-conflicts")
    release.rolled_out("api")


def test_load_brings_pods_and_its_end_takes_them_without_a_failed_request(
    release: Release, scaled: None, measurements: Measurements
) -> None:
    until("the fewest pods", lambda: len(release.pods("api")) == FEWEST or None, patience=PATIENCE)

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
