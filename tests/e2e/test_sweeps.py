"""Sweeps that are cut short, started twice, split, or given bad data."""

from collections import Counter
from pathlib import Path

from tests.e2e.support import api, jobs, specs, tracking
from tests.e2e.support.cluster import until
from tests.e2e.support.database import changes, query
from tests.e2e.support.release import Release

from rookery_core.database.ledger import COMMITTED, PROMOTION
from rookery_core.database.names import LEDGER_SCHEMA, PROCESSED


def decisions(release: Release, model: str) -> Counter[str]:
    """Counts the ledger's decisions on each sweep of the model."""
    statement = (
        f"SELECT sweep_id FROM {LEDGER_SCHEMA}.intents "
        f"WHERE model = '{model}' AND kind = '{PROMOTION}' UNION ALL "
        f"SELECT sweep_id FROM {LEDGER_SCHEMA}.rejections WHERE model = '{model}'"
    )
    return Counter(str(row["sweep_id"]) for row in query(release.namespace, PROCESSED, statement))


def test_a_sweep_whose_pod_is_deleted_ends_with_twenty_trials(release: Release) -> None:
    job = jobs.create(release.namespace, "retrain-cut-short", "trainer-species")
    with tracking.tracked(release.namespace) as client:
        until(
            "a sweep half done",
            lambda: len(tracking.indices(client, "species", job.uid)) >= 5 or None,
        )
        (pod,) = job.pods()
        assert len(tracking.indices(client, "species", job.uid)) < 20

        release.namespace.kubectl("delete", "pod", pod["metadata"]["name"])
        job.complete()

        assert tracking.indices(client, "species", job.uid) == tracking.TWENTY
        assert tracking.statuses(client, "species", job.uid)["RUNNING"] == 0
    assert pod["metadata"]["name"] not in [each["metadata"]["name"] for each in job.pods()]
    assert decisions(release, "species")[job.uid] == 1


def test_two_retrains_at_once_are_two_sweeps_and_one_champion(release: Release) -> None:
    both = [jobs.create(release.namespace, f"retrain-{n}", "trainer-sex") for n in (1, 2)]
    for job in both:
        job.complete()

    with tracking.tracked(release.namespace) as client:
        for job in both:
            assert tracking.indices(client, "sex", job.uid) == tracking.TWENTY
        champion = client.get_model_version_by_alias("sex", "champion").version
    decided = decisions(release, "sex")
    assert [decided[job.uid] for job in both] == [1, 1]
    made = changes(release.namespace, "sex")
    assert {each.outcome for each in made} == {COMMITTED}
    assert str(champion) == made[-1].version
    # Replicas learn of a promotion within seconds.
    until("its answers", lambda: api.version("sex") == str(champion) or None, api.FLIP)


def test_bad_data_ends_after_one_pod_and_touches_no_champion(
    release: Release, tmp_path: Path
) -> None:
    table = f"global.models.{specs.MODEL}.data"
    before = api.version(specs.MODEL)
    bad = specs.bad_table(tmp_path)
    release.upgrade(f"--set-file={table}={bad}", "--set=pipeline.bootstrap=false")

    job = jobs.create(release.namespace, "bad-data", f"ingest-{specs.MODEL}")
    ending = job.ending()

    assert (ending, job.exit_codes()) == ("Failed", [42])
    assert api.version(specs.MODEL) == before
    release.upgrade(f"--set-file={table}={specs.PENGUINS}")


def test_an_indexed_sweep_shares_its_trials(release: Release) -> None:
    release.upgrade("--set=pipeline.sweep.mode=indexed", "--set=pipeline.bootstrap=false")

    job = jobs.create(release.namespace, "retrain-indexed", "trainer-sex")
    job.complete()

    shards = release.namespace.get("job", job.name)
    assert shards["spec"]["completionMode"] == "Indexed"
    assert shards["status"]["completedIndexes"] == "0-3"
    assert len(job.pods()) == 4
    with tracking.tracked(release.namespace) as client:
        assert tracking.indices(client, "sex", job.uid) == tracking.TWENTY
    assert decisions(release, "sex")[job.uid] == 1
    release.upgrade("--set=pipeline.sweep.mode=pool")
