"""`rookery cluster forget`: which Jobs run, in which order, and what is said of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.unit.local.support.kubernetes_api import BATCH, CORE, KUBECONFIG, ApiServer
from tests.unit.local.support.kubernetes_objects import Object, pod
from tools.harness.http_server import serving

from rookery_core.errors import Refused, Unavailable
from rookery_local.cluster.forgetting import Forgetting, remains
from rookery_local.cluster.namespace import NotThere, connect
from rookery_local.console.report import report_to

ERASED = {"event": "forgotten", "rows": 1, "first_batch": 1}
CHAMPION = {"event": "read a forgotten row", "version": 3, "run_id": "r3", "champion": True}
EARLIER = {"event": "read a forgotten row", "version": 2, "run_id": "r2", "champion": False}
GOES = {"event": "would be removed", "sweep_id": "s"}
PROMOTED = {
    "event": "concluded",
    "version": 4,
    "decision": "promoted",
    "rule": "fresh data",
    "reason": "all conditions hold",
}
REJECTED = {**PROMOTED, "decision": "rejected", "reason": "more misses"}
RETIRED = {"event": "retired", "versions": [2, 3], "sweeps": 2}


class Cluster(ApiServer):
    """A server on which each Job has ended as soon as it is made, with the events it is to log."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[tuple[str, list[str]]] = []
        self.logged: dict[str, list[list[dict[str, Any]]]] = {}
        self.failing = ""
        self.keys: list[str | None] = []
        """The Secret's key while each Job began."""

    def created(self, made: Object) -> None:
        """Ends a Job."""
        if "generateName" not in made["metadata"]:
            return
        name, kind = made["metadata"]["name"], made["metadata"]["generateName"].split("-")[0]
        self.ran.append((kind, made["spec"]["template"]["spec"]["containers"][0]["args"]))
        secret = self.objects.get(f"{CORE}/secrets/forget-members")
        self.keys.append(secret["stringData"]["key"] if secret else None)
        how = "Failed" if kind == self.failing else "Complete"
        made["status"] = {
            "conditions": [{"type": how, "status": "True", "reason": "", "message": ""}]
        }
        self.put(f"{CORE}/pods", pod(name, name, how, 1 if how == "Failed" else 0))
        logged = self.logged.get(kind, [])
        self.logs[name] = "".join(
            f"{json.dumps(each)}\n" for each in (logged.pop(0) if logged else [])
        )


@dataclass
class Forgotten:
    """What a person sees."""

    cluster: Cluster
    forgetting: Forgetting
    said: list[str] = field(default_factory=list)

    def forget(self) -> str:
        """Forgets the row of Ann, of 7."""
        self.forgetting.forget("members", ["Ann, of Dream", "7"])
        return "\n".join(self.said)


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forgotten]:
    """A cluster with the CronJobs of a model with a key."""
    with serving(Cluster()) as cluster:
        path = tmp_path / "kubeconfig"
        path.write_text(KUBECONFIG.format(url=cluster.url))
        monkeypatch.setenv("KUBECONFIG", str(path))
        for kind in ("forget", "retire", "trainer"):
            cluster.put(f"{BATCH}/cronjobs", cron_job(kind))
        cluster.logged["forget"] = [[ERASED]]
        said: list[str] = []
        report = report_to(Console(file=StringIO()))
        yield Forgotten(cluster, Forgetting(connect(), report, said.append), said)


def cron_job(kind: str) -> Object:
    """Makes the CronJob of that kind."""
    container = {"name": kind, "args": [kind, "members"]}
    spec = {"ttlSecondsAfterFinished": 86400, "template": {"spec": {"containers": [container]}}}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": f"{kind}-members", "uid": "1"},
        "spec": {"jobTemplate": {"spec": spec}},
    }


def test_a_champion_that_has_read_the_row_is_replaced_before_it_is_retired(
    found: Forgotten,
) -> None:
    found.cluster.logged |= {
        "retire": [[EARLIER, CHAMPION, GOES, GOES], [RETIRED]],
        "trainer": [[PROMOTED]],
    }

    said = found.forget()

    assert found.cluster.ran == [
        ("forget", ["forget", "members"]),
        ("retire", ["retire", "members", "--dry-run"]),
        ("trainer", ["trainer", "members"]),
        ("retire", ["retire", "members"]),
    ]
    assert "Version 2 of members has read the row (run r2)\n" in said
    assert "Version 3 of members has read the row (run r3); it is the champion" in said
    assert "What may still hold it:" in said


def test_the_key_is_in_a_secret_while_the_row_is_erased_and_no_longer(found: Forgotten) -> None:
    found.cluster.put(f"{CORE}/secrets", {"metadata": {"name": "forget-members"}, "stringData": {}})

    found.forget()

    assert found.cluster.keys == ['["Ann, of Dream", "7"]', None]
    assert f"{CORE}/secrets/forget-members" not in found.cluster.objects


def test_the_secret_is_deleted_though_the_job_fails(found: Forgotten) -> None:
    found.cluster.failing = "forget"

    with pytest.raises(Unavailable):
        found.forget()

    assert f"{CORE}/secrets/forget-members" not in found.cluster.objects
    assert [kind for kind, _ in found.cluster.ran] == ["forget"]


def test_a_row_that_no_sweep_has_read_needs_no_training(found: Forgotten) -> None:
    found.forget()

    assert [kind for kind, _ in found.cluster.ran] == ["forget", "retire"]


def test_the_rows_that_the_trainer_keeps_are_dropped_with_its_own_key(found: Forgotten) -> None:
    trainer = cron_job("trainer")
    [container] = trainer["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    container["env"] = [{"name": "ROOKERY_SNAPSHOT_BUCKET", "value": "snapshots"}]
    found.cluster.put(f"{BATCH}/cronjobs", trainer)

    found.forget()

    assert found.cluster.ran[1] == ("trainer", ["drop-snapshots", "members"])


def test_where_the_champion_has_not_read_it_the_others_are_retired_at_once(
    found: Forgotten,
) -> None:
    found.cluster.logged["retire"] = [[EARLIER, GOES], [RETIRED]]

    found.forget()

    assert [kind for kind, _ in found.cluster.ran] == ["forget", "retire", "retire"]


def test_a_rejected_replacement_is_said_in_words_and_retires_nothing(found: Forgotten) -> None:
    found.cluster.logged |= {"retire": [[CHAMPION, GOES]], "trainer": [[REJECTED]]}

    with pytest.raises(Refused, match=r"version 3, which has read it, serves on.*more misses.*"):
        found.forget()

    assert [kind for kind, _ in found.cluster.ran] == ["forget", "retire", "trainer"]


def test_a_model_without_such_jobs_is_told_what_it_lacks(found: Forgotten) -> None:
    del found.cluster.objects[f"{BATCH}/cronjobs/forget-members"]

    with pytest.raises(NotThere, match="Only a model whose spec has `spec: 2` and a `key`"):
        found.forget()

    assert found.cluster.ran == []


def test_what_remains_has_an_end_date() -> None:
    told = remains(cron_job("forget"), datetime(2026, 11, 29, 15, 30, tzinfo=UTC))

    assert any("until 2026-11-30 15:30 UTC" in each for each in told)
