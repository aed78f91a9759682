"""Upgrades that fail: refused before anything changes, or gone without a trace by the next one."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.bad_specs import MODEL, changed
from tests.e2e.conftest import UnderLoad
from tests.e2e.support import api, jobs
from tests.e2e.support.cluster import CommandFailed, until
from tests.e2e.support.load import PROMISED_RATE
from tests.e2e.support.release import Release

COUNTED = "jobs,cronjobs,configmaps,deployments,services,ingresses,networkpolicies,pdb,hpa"
UNCHECKED = "--set=preflight.enabled=false"
NONSENSE = "--set=global.images.trainer.tag=nonsense"


@pytest.fixture
def good_again(release: Release) -> Iterator[None]:
    """Leaves the release as good as it was, however a test ends."""
    yield
    release.upgrade()
    release.rolled_out("api")


@pytest.fixture
def bad(tmp_path: Path) -> tuple[str, ...]:
    """Makes values with a spec that only the programs can see to be wrong."""
    path = tmp_path / f"{MODEL}.yaml"
    path.write_text(changed(seed=-1))
    return (f"--set-file=global.models.{MODEL}.spec={path}",)


def objects(release: Release) -> set[str]:
    """Returns what comes and goes with a release; a failed preflight stays for inspection."""
    found = release.namespace.kubectl("get", COUNTED, "-o", "name").split()
    return set(found) - {"job.batch/preflight"}


def test_a_bad_spec_ends_the_upgrade_before_anything_changes(
    release: Release, bad: tuple[str, ...]
) -> None:
    before = objects(release)

    with pytest.raises(CommandFailed, match=r"(?s)bad\.yaml is not a model spec: seed.*preflight"):
        release.upgrade("--timeout=60s", *bad)

    assert objects(release) == before


def test_an_image_that_cannot_be_pulled_ends_the_upgrade_before_anything_changes(
    release: Release,
) -> None:
    before = objects(release)

    with pytest.raises(CommandFailed, match="preflight"):
        release.upgrade(NONSENSE, "--set=preflight.seconds=15")

    assert objects(release) == before


@pytest.mark.usefixtures("good_again")
def test_a_bad_spec_in_the_cluster_concerns_no_other_model(
    release: Release, bad: tuple[str, ...], under_load: UnderLoad
) -> None:
    before = objects(release)

    with under_load("a bad spec, and both API pods deleted", "species") as load:
        with pytest.raises(CommandFailed, match="bootstrap-ingest-bad"):
            release.upgrade("--timeout=30s", UNCHECKED, *bad)
        for pod in release.pods("api"):
            release.namespace.kubectl("delete", "pod", pod["metadata"]["name"])
            release.rolled_out("api")
        refused = api.predict(MODEL, {})
        jobs.create(release.namespace, "beside-bad-ingest", "ingest-sex").complete()
        jobs.create(release.namespace, "beside-bad-trainer", "trainer-sex").complete()

    assert not load.failures
    assert load.rate >= PROMISED_RATE
    assert refused.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert refused.json()["reason"] == "spec_invalid"
    assert "bad.yaml is not a model spec: seed" in refused.json()["detail"]
    for name in ("beside-bad-ingest", "beside-bad-trainer"):
        release.namespace.kubectl("delete", "job", name)
    release.upgrade()
    assert objects(release) == before


def no_nonsense(release: Release) -> bool:
    """Tells whether no pod has the image that cannot be pulled; ending pods live a while."""
    pods = release.namespace.list("pods")
    assert pods
    return not any("nonsense" in str(pod["spec"]) for pod in pods)


@pytest.mark.usefixtures("good_again")
def test_what_a_failed_upgrade_made_is_gone_after_the_next(release: Release) -> None:
    before = objects(release)
    with pytest.raises(CommandFailed, match="bootstrap-trainer"):
        release.upgrade("--timeout=20s", UNCHECKED, NONSENSE, "--set=api.autoscaling.enabled=true")
    assert objects(release) - before

    release.upgrade()

    assert objects(release) == before
    until("the pods of the Jobs that are gone end", lambda: no_nonsense(release) or None)
