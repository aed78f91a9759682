"""The environment of a child process."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from rookery_core.settings import PostgresSettings, S3Settings
from rookery_local.process.environment import child_environment, outward
from rookery_local.process.settings_environment import environment_of


def test_a_child_sees_no_credential_and_no_setting_of_the_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "MLFLOW_TRACKING_URI", "PGPASSWORD", "PYTHONPATH"):
        monkeypatch.setenv(name, "the shell's")

    found = child_environment(tmp_path)

    assert "the shell's" not in found.values()
    assert found["PATH"]


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

    found = outward()

    assert found["HTTPS_PROXY"] == "http://proxy.example:3128"
    assert found["ROOKERY_S3_ENDPOINT_URL"] == "https://s3.example"
    assert found["ROOKERY_SOURCE_ALLOWED"] == "127.0.0.1:8123"
    assert "127.0.0.1" in found["NO_PROXY"]


def test_settings_are_read_back_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = PostgresSettings(host="127.0.0.1", port=5, user="trainer", password=SecretStr("x y"))

    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)

    assert PostgresSettings() == settings


def test_settings_that_are_none_are_left_out() -> None:
    assert environment_of(S3Settings()) == {"ROOKERY_S3_REGION": "us-east-1"}
