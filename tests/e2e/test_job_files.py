"""The Jobs of `k8s/jobs`, created as their first lines say, run to their end."""

from collections.abc import Iterator

import pytest
from tests.e2e.support import tracking
from tests.e2e.support.jobs import Job
from tests.e2e.support.release import Release
from tools.checkout import ROOT


@pytest.fixture(scope="module", autouse=True)
def jobs(release: Release) -> Iterator[list[Job]]:
    """Deletes the Jobs made here: nobody owns them, and they would outlast the release by a day."""
    made: list[Job] = []
    yield made
    for each in made:
        release.namespace.kubectl("delete", "job", each.name)


def create(release: Release, jobs: list[Job], name: str, model: str) -> Job:
    """Creates the Job of that file for the model."""
    text = (ROOT / "k8s" / "jobs" / f"{name}.yaml").read_text().replace("species", model)
    made = release.namespace.kubectl("create", "-f", "-", "-o", "name", stdin=text)
    jobs.append(Job(release.namespace, made.strip().removeprefix("job.batch/")))
    return jobs[-1]


def test_data_come_in_and_a_sweep_is_done(release: Release, jobs: list[Job]) -> None:
    create(release, jobs, "ingest", "sex").complete()
    job = create(release, jobs, "trainer", "sex")
    job.complete()

    with tracking.tracked(release.namespace) as client:
        assert tracking.indices(client, "sex", job.uid) == tracking.TWENTY


def test_retention_keeps_what_is_young(release: Release, jobs: list[Job]) -> None:
    job = create(release, jobs, "retention", "species")
    job.complete()

    (pod,) = job.pods()
    said = release.namespace.logs(f"pod/{pod['metadata']['name']}")
    assert '"kept"' in said
    assert '"removed"' not in said
