"""A Secret that somebody deleted: the upgrade says so, and what it says brings all back."""

import re
import shlex

from tests.e2e.conftest import UnderLoad
from tests.e2e.support import jobs
from tests.e2e.support.cluster import run
from tests.e2e.support.release import Release
from tests.some import some


def advised(notes: str) -> list[str]:
    """Returns the commands that the notes have below their warning."""
    found = re.search(r"^WARNING: lost.*(?:\n.+)*", notes, re.MULTILINE)
    assert found is not None, notes
    return re.findall(r"^  (kubectl .*)", found[0], re.MULTILINE)


def test_a_lost_secret_is_said_at_the_upgrade_with_the_way_back(
    release: Release, under_load: UnderLoad
) -> None:
    assert "WARNING" not in release.upgrade()
    release.namespace.kubectl("delete", "secret", "postgresql", "s3")

    with under_load("two Secrets lost, and the way back", "species") as load:
        notes = release.upgrade()
        for command in some(advised(notes)):
            run(*shlex.split(command), "--kubeconfig", release.namespace.cluster.kubeconfig)
        for part in ("postgresql", "minio", "mlflow", "notebook"):
            release.rolled_out(part)
        jobs.create(release.namespace, "after-lost-secrets-ingest", "ingest-sex").complete()
        jobs.create(release.namespace, "after-lost-secrets-trainer", "trainer-sex").complete()

    assert not load.failures
    assert "WARNING" not in release.upgrade()
