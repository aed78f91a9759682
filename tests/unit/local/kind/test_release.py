"""The commands for helm, and the images that a chart runs."""

import os
from pathlib import Path

import pytest

from rookery_local.kind.release import Release, images, recovery

RELEASE = Release("kind-rookery", "ml")
WAIT = ["--wait", "--wait-for-jobs", "--timeout", "15m"]


def test_a_missing_release_is_installed_and_waited_for() -> None:
    command = RELEASE.command(None)

    assert command[:4] == ["helm", "install", "rookery", "charts/rookery"]
    assert command[-4:] == WAIT
    assert {"--create-namespace", "kind-rookery", "ml", "charts/rookery/kind.yaml"} <= set(command)


def test_an_existing_release_is_upgraded_and_keeps_its_values() -> None:
    command = RELEASE.command("deployed")

    assert command[:4] == ["helm", "upgrade", "rookery", "charts/rookery"]
    assert "--reset-then-reuse-values" in command
    assert command[-4:] == WAIT


def test_images_are_those_of_containers_wherever_a_pod_is_nested() -> None:
    pod = {
        "initContainers": [{"name": "prepare", "image": "rookery/mlflow:3"}],
        "containers": [{"name": "server", "image": "rookery/mlflow:3"}],
    }
    cron = {
        "spec": {
            "jobTemplate": {
                "spec": {
                    "template": {
                        "spec": {
                            "containers": [
                                {
                                    "name": "trainer",
                                    "image": "rookery/trainer:1",
                                    "env": [{"name": "image", "value": "no"}],
                                }
                            ]
                        }
                    }
                }
            }
        }
    }
    values = {"data": {"image": "no"}}

    found = images([{"spec": {"template": {"spec": pod}}}, cron, values, None])

    assert set(found) == {"rookery/mlflow:3", "rookery/trainer:1"}


@pytest.mark.parametrize(
    ("states", "way"),
    [
        (["pending-install"], "uninstall rookery"),
        (["failed", "pending-upgrade"], "uninstall rookery"),
        (["deployed", "pending-upgrade"], "rollback rookery 1"),
        (["superseded", "deployed", "failed", "pending-rollback"], "rollback rookery 2"),
        (["deployed", "pending-upgrade", "pending-rollback"], "rollback rookery 1"),
        (["superseded", "failed", "superseded", "pending-upgrade"], "rollback rookery 3"),
    ],
)
def test_recovery_from_a_killed_helm_is_to_the_last_good_revision(
    states: list[str], way: str
) -> None:
    revisions = [{"revision": n, "status": state} for n, state in enumerate(states, start=1)]

    assert recovery(revisions) == way


@pytest.mark.parametrize(
    ("values", "added"),
    [
        ("null", True),
        ('{"global": {"models": {}}, "api": {"replicas": 3}}', True),
        ('{"api": {"access": "keys"}}', False),
    ],
)
def test_an_upgrade_opens_a_release_that_does_not_say_who_may_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: str, added: bool
) -> None:
    helm = tmp_path / "helm"
    helm.write_text(f"#!/bin/sh\necho '{values}'\n")
    helm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    opening = RELEASE.opening("deployed")

    assert (opening == Path("charts/rookery/kind.yaml")) == added
    assert (opening is None) != added
    assert RELEASE.opening(None) is None
