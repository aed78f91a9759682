"""What helm is told, and which images a chart runs."""

from rookery_local.cluster.release import Release, images

RELEASE = Release("kind-rookery", "ml")
WAIT = ["--wait", "--wait-for-jobs", "--timeout", "15m"]


def test_what_is_not_there_is_installed_and_waited_for() -> None:
    command = RELEASE.command(None)

    assert command[:4] == ["helm", "install", "rookery", "charts/rookery"]
    assert command[-4:] == WAIT
    assert {"--create-namespace", "kind-rookery", "ml"} <= set(command)


def test_what_is_there_is_upgraded_and_keeps_its_values() -> None:
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
