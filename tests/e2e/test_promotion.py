"""A person changes the champion by hand, under load, and no request fails."""

import pytest
from tests.e2e.conftest import UnderLoad
from tests.e2e.support import api, jobs, specs, tracking
from tests.e2e.support.cluster import until
from tests.e2e.support.database import changes
from tests.e2e.support.load import PROMISED_RATE, Load
from tests.e2e.support.measurements import Measurements
from tests.e2e.support.release import Release

from rookery_core.database.ledger import COMMITTED, PROMOTION, ROLLBACK

SETTLED = 20
"""Answers of one version in a row after which no replica serves another one."""


@pytest.fixture(scope="module")
def weak(release: Release, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Installs a weak champion, then a spec that draws better configurations.

    No Job of the upgrade trains it: that is left to a person.
    """
    folder = tmp_path_factory.mktemp("specs")
    table = f"--set-file=global.models.{specs.MODEL}.data={specs.PENGUINS}"
    if release.namespace.find("cronjob", f"trainer-{specs.MODEL}") is None:
        weak = specs.written(folder, "weak")
        release.upgrade(f"--set-file=global.models.{specs.MODEL}.spec={weak}", table)
    strong = specs.written(folder, "strong")
    release.upgrade(
        f"--set-file=global.models.{specs.MODEL}.spec={strong}", "--set=pipeline.bootstrap=false"
    )
    return api.version(specs.MODEL)


def serves_only(load: Load, version: str) -> None:
    """Waits until every replica answers with that version."""

    def settled() -> bool | None:
        last = [each for each in load.ordered if not each.failed][-SETTLED:]
        return (len(last) == SETTLED and {each.version for each in last} == {version}) or None

    until(f"answers of version {version} alone", settled)


def test_a_weak_champion_is_replaced_by_one_command(
    release: Release, weak: str, under_load: UnderLoad, measurements: Measurements
) -> None:
    with under_load("promotion", specs.MODEL) as load:
        job = jobs.create(release.namespace, "retrain-weak", f"trainer-{specs.MODEL}")
        job.complete()
        last = changes(release.namespace, specs.MODEL)[-1]
        serves_only(load, last.version)

    assert (last.kind, last.outcome, last.replaces) == (PROMOTION, COMMITTED, weak)
    assert last.rule == "superior configuration"
    assert load.versions == {weak, last.version}
    assert not load.failures
    assert load.rate >= PROMISED_RATE
    # From the intent on, which is before the alias: no replica answers with the old one for longer.
    flip = load.last_of(weak) - last.begun
    measurements.took("promotion to the last answer of the old", flip)
    assert flip <= api.FLIP
    with tracking.tracked(release.namespace) as client:
        assert tracking.indices(client, specs.MODEL, job.uid) == tracking.TWENTY


def test_a_rollback_costs_no_request(release: Release, weak: str, under_load: UnderLoad) -> None:
    before = api.version(specs.MODEL)

    with under_load("rollback", specs.MODEL) as load:
        jobs.create(release.namespace, "rollback-1", f"rollback-{specs.MODEL}").complete()
        last = changes(release.namespace, specs.MODEL)[-1]
        serves_only(load, last.version)

    assert (last.kind, last.outcome, last.version) == (ROLLBACK, COMMITTED, weak)
    assert load.versions == {before, weak}
    assert not load.failures
    assert load.rate >= PROMISED_RATE
    assert load.last_of(before) - last.begun <= api.FLIP


def test_a_rollout_restart_costs_no_request(release: Release, under_load: UnderLoad) -> None:
    before = {each["metadata"]["uid"] for each in release.pods("api")}

    with under_load("kubectl rollout restart", "species") as load:
        release.namespace.kubectl("rollout", "restart", "deployment/api")
        release.rolled_out("api")

    assert before.isdisjoint(each["metadata"]["uid"] for each in release.pods("api"))
    assert not load.failures
    assert load.rate >= PROMISED_RATE
