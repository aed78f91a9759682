"""The environment of a child process."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from rookery_core.settings import PostgresSettings, S3Settings
from rookery_local.process.environment import (
    child_environment,
    command_environment,
    outward,
)
from rookery_local.process.settings_environment import environment_of


def test_a_child_sees_no_credential_and_no_setting_of_the_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "MLFLOW_TRACKING_URI", "PGPASSWORD", "PYTHONPATH"):
        monkeypatch.setenv(name, "the shell's")

    found = child_environment(tmp_path)

    assert "the shell's" not in found.values()
    assert found["PATH"]


@pytest.mark.parametrize(
    "name",
    [
        *("PGSERVICE", "PGHOSTADDR", "PGOPTIONS", "PGCHANNELBINDING", "PGSSLROOTCERT", "PGHOST"),
        *("PGTARGETSESSIONATTRS", "PGREQUIREAUTH", "PGPASSFILE", "PGSSLNEGOTIATION", "PGDATA"),
        *("AWS_PROFILE", "AWS_RETRY_MODE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"),
        *("UV_SYSTEM_PYTHON", "PIP_USER", "PYTHONPATH", "PYTHONWARNINGS", "PYTHONOPTIMIZE"),
        *("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "OTEL_EXPORTER_OTLP_ENDPOINT", "GIT_DIR"),
    ],
)
def test_neither_the_command_nor_a_child_sees_what_is_meant_for_other_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "the shell's")

    command = command_environment(os.environ)

    assert name not in command
    assert "the shell's" not in child_environment(tmp_path).values()
    assert "the shell's" not in outward().values()


def test_the_command_sees_the_terminal_the_proxies_and_settings_of_its_own() -> None:
    meant = {
        "TERM": "xterm",
        "NO_COLOR": "1",
        "CI": "true",
        "all_proxy": "socks5://proxy.example",
        "NO_PROXY": "intranet",
        "ROOKERY_HOME": "/srv/rookery",
        "ROOKERY_S3_ACCESS_KEY": "key",
    }

    assert command_environment(meant) == meant


def test_telemetry_is_off_in_every_child(tmp_path: Path) -> None:
    found = child_environment(tmp_path)

    assert found["ORT_DISABLE_TELEMETRY"] == "1"
    assert found["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert found["DO_NOT_TRACK"] == "true"
    assert found["AWS_EC2_METADATA_DISABLED"] == "true"


def test_the_shells_proxy_is_used_for_sources_and_not_for_servers_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("ROOKERY_S3_ENDPOINT_URL", "https://s3.example")
    monkeypatch.setenv("ROOKERY_SOURCE_ALLOWED", "127.0.0.1:8123")
    monkeypatch.setenv("ROOKERY_SOURCE_SHOP_USER", "reader")

    found = outward()

    assert found["HTTPS_PROXY"] == "http://proxy.example:3128"
    assert found["ROOKERY_S3_ENDPOINT_URL"] == "https://s3.example"
    assert found["ROOKERY_SOURCE_ALLOWED"] == "127.0.0.1:8123"
    assert found["ROOKERY_SOURCE_SHOP_USER"] == "reader"
    assert "127.0.0.1" in found["NO_PROXY"]


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_hosts_that_the_shell_asks_without_a_proxy_stay_so(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for each in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, ".intranet.example, 10.0.0.7:8080,localhost")

    found = outward()

    assert found["NO_PROXY"] == ".intranet.example,10.0.0.7:8080,localhost,127.0.0.1"
    assert found["no_proxy"] == found["NO_PROXY"]


@pytest.mark.parametrize("name", ["ALL_PROXY", "all_proxy"])
def test_a_proxy_for_every_scheme_is_used_for_sources(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://proxy.example:3128")

    assert outward()[name] == "http://proxy.example:3128"


def test_settings_are_read_back_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = PostgresSettings(host="127.0.0.1", port=5, user="trainer", password=SecretStr("x y"))

    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)

    assert PostgresSettings() == settings


def test_settings_that_are_none_are_left_out() -> None:
    assert environment_of(S3Settings()) == {"ROOKERY_S3_REGION": "us-east-1"}
