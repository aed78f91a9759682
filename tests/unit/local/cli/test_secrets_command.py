"""`rookery cluster secrets`: Secrets are drawn once, and the chart is pointed to them."""

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.some import some
from tests.unit.local.support.kubernetes_api import CORE, ApiServer
from tests.unit.local.support.kubernetes_objects import secret
from typer.testing import CliRunner

from rookery_core.errors import Refused
from rookery_local.cli.command_line import command_line
from rookery_local.cluster.installation_secrets import KEYS, pointing_values
from rookery_local.cluster.namespace import Namespace

Secrets = dict[str, dict[str, str]]


def rookery(*words: str) -> str:
    done = CliRunner().invoke(command_line(words), ["cluster", "secrets", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def of_server(server: ApiServer) -> Secrets:
    """The values of the cluster's Secrets, by name."""
    found = {path: each for path, each in server.objects.items() if "/secrets/" in path}
    return {path.rpartition("/")[2]: decoded(each["data"]) for path, each in found.items()}


def of_manifests(text: str) -> Secrets:
    """The values of the Secrets in a file, by name."""
    manifests: list[Any] = list(yaml.safe_load_all(text))
    return {
        each["metadata"]["name"]: decoded(each["data"]) for each in some(manifests, when=bool(text))
    }


def decoded(data: dict[str, str]) -> dict[str, str]:
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


@pytest.mark.usefixtures("namespace")
def test_secrets_are_made_once_with_random_values_that_all_differ(server: ApiServer) -> None:
    said = rookery()

    made = of_server(server)
    assert {name: set(values) for name, values in made.items()} == {
        f"rookery-{name}": set(keys) for name, keys in KEYS.items()
    }
    values = [value for each in some(made.values()) for value in each.values()]
    assert len(set(values)) == len(values)
    assert min(map(len, values)) >= 20
    assert [value for value in values if value in said] == []
    assert yaml.safe_load(said[said.index("global:") :]) == pointing_values("rookery")


@pytest.mark.usefixtures("namespace")
def test_a_second_time_nothing_changes(server: ApiServer) -> None:
    rookery()
    before = of_server(server)

    said = rookery()

    assert of_server(server) == before
    assert said.count("kept") == len(KEYS)


@pytest.mark.usefixtures("namespace")
def test_what_a_secret_lacks_is_added_and_the_rest_is_kept(server: ApiServer) -> None:
    theirs = secret("rookery-s3", access_key="a", secret_key="b", mlflow_access_key="", other="c")
    server.put(f"{CORE}/secrets", theirs)

    rookery()

    made = of_server(server)["rookery-s3"]
    assert set(made) == {*KEYS["s3"], "other"}
    assert (made["access-key"], made["secret-key"], made["other"]) == ("a", "b", "c")
    assert len(made["mlflow-access-key"]) == 20


@pytest.mark.usefixtures("namespace")
def test_the_passwords_of_a_release_that_runs_are_taken_over(server: ApiServer) -> None:
    server.put(f"{CORE}/secrets", secret("postgresql", postgres="p", ingest="i"))
    server.put(f"{CORE}/secrets", secret("api", api_key="k" * 16, keys="{}"))

    rookery("--prefix", "mine")

    made = of_server(server)
    assert (made["mine-postgresql"]["postgres"], made["mine-postgresql"]["ingest"]) == ("p", "i")
    assert made["mine-api"] == {"api-key": "k" * 16, "keys": "{}"}
    assert made["postgresql"] == {"postgres": "p", "ingest": "i"}


@pytest.mark.usefixtures("namespace")
def test_what_is_printed_is_what_the_cluster_has_and_writes_nothing(server: ApiServer) -> None:
    rookery()
    before = of_server(server)

    printed = rookery("--print")

    assert of_manifests(printed) == before == of_server(server)


def test_without_a_cluster_every_value_is_new_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))

    first, second = (rookery("--print", "--new", "--namespace", "ml") for _ in range(2))

    assert of_manifests(first).keys() == of_manifests(second).keys()
    for name, values in some(of_manifests(first).items()):
        assert values.keys() == of_manifests(second)[name].keys()
        assert not set(values.values()) & set(of_manifests(second)[name].values())
    assert {each["metadata"]["namespace"] for each in yaml.safe_load_all(first)} == {"ml"}
    assert "namespace:" not in rookery("--print", "--new")


def test_new_values_are_never_written(namespace: Namespace, server: ApiServer) -> None:
    with pytest.raises(Refused, match="together with --print"):
        rookery("--new", "--namespace", namespace.name)

    assert of_server(server) == {}
