"""Upgrades: without a change nothing happens; with a change, that and nothing else."""

from pathlib import Path

import httpx
from tests.e2e.conftest import UnderLoad
from tests.e2e.support import api, specs, tracking
from tests.e2e.support.cluster import Namespace, Object, until
from tests.e2e.support.database import count
from tests.e2e.support.load import PROMISED_RATE
from tests.e2e.support.release import Release
from tools.checkout import ROOT

from rookery_core.database.names import LEDGER_SCHEMA, PROCESSED, PROCESSED_SCHEMA, RAW, RAW_SCHEMA

EXAMPLES = ROOT / "examples"
WINE = (
    f"--set-file=global.models.wine.spec={EXAMPLES / 'wine.yaml'}",
    f"--set-file=global.models.wine.data={EXAMPLES / 'wine.csv'}",
)
"""As examples/README.md says it."""
PREFLIGHT = "app.kubernetes.io/name=preflight"


def state(namespace: Namespace) -> dict[str, object]:
    """Returns the pods, Secrets and rows that an upgrade without a change must leave alone."""

    def uids(kind: str) -> dict[str, str]:
        return {each["metadata"]["name"]: each["metadata"]["uid"] for each in namespace.list(kind)}

    def contents(each: Object) -> tuple[str, object]:
        return each["metadata"]["name"], each.get("data")

    # Helm deletes the Job of the preflight; its pod goes a moment later.
    until("gone: the preflight's pod", lambda: not namespace.list("pods", PREFLIGHT) or None)
    # Helm keeps its own record of each revision among the Secrets.
    secrets = [each for each in namespace.list("secrets") if not each["type"].startswith("helm.sh")]
    return {
        "pods": uids("pods"),
        "jobs": uids("jobs"),
        "volumes": uids("pvc"),
        "secrets": dict(map(contents, secrets)),
        "raw": count(namespace, RAW, f"{RAW_SCHEMA}.batches"),
        "species": count(namespace, PROCESSED, f"{PROCESSED_SCHEMA}.species"),
        "sex": count(namespace, PROCESSED, f"{PROCESSED_SCHEMA}.sex"),
        "promotions": count(namespace, PROCESSED, f"{LEDGER_SCHEMA}.intents"),
    }


def test_an_upgrade_without_a_change_changes_nothing(release: Release) -> None:
    before = state(release.namespace)

    release.upgrade()

    assert state(release.namespace) == before


def test_changed_values_are_applied_and_cost_no_request(
    release: Release, under_load: UnderLoad
) -> None:
    with under_load("upgrade with changed values", "species") as load:
        release.upgrade("--set", "api.replicas=3", "--set", "api.pollSeconds=3")
        release.rolled_out("api")

    assert len(release.pods("api")) == 3
    assert not load.failures
    assert load.rate >= PROMISED_RATE


def test_a_model_without_a_champion_is_answered_with_when_to_ask_again(release: Release) -> None:
    release.upgrade("--set=api.replicas=2", "--set=pipeline.bootstrap=false", *WINE)
    release.rolled_out("api")

    answer = api.predict("wine", {"alcohol": 13.05})

    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text
    assert answer.json()["reason"] == "no_champion"
    assert int(answer.headers["Retry-After"]) >= 1
    assert api.predict("species", api.example("species")).status_code == httpx.codes.OK


def test_a_table_is_added_by_values_alone(release: Release) -> None:
    before = {model: api.version(model) for model in ("species", "sex")}

    release.upgrade("--set=pipeline.bootstrap=true", *WINE)

    api.await_champion("wine")
    assert api.predict("wine", api.example("wine")).json()["class"].startswith("class_")
    with tracking.tracked(release.namespace) as client:
        assert tracking.sweeps(client, "wine") == 1
    assert {model: api.version(model) for model in ("species", "sex")} == before


def test_a_second_table_keeps_the_first(release: Release, tmp_path: Path) -> None:
    release.upgrade(
        f"--set-file=global.models.{specs.MODEL}.spec={specs.written(tmp_path, 'weak')}",
        f"--set-file=global.models.{specs.MODEL}.data={specs.PENGUINS}",
    )

    api.await_champion(specs.MODEL)
    assert api.predict(specs.MODEL, api.example(specs.MODEL)).status_code == 200
    assert api.version("wine") == "1"
    for model in ("species", "sex", "wine", specs.MODEL):
        assert release.namespace.find("cronjob", f"trainer-{model}")
