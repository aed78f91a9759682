from pathlib import Path

import pytest
from tools.docker.lent import lent_arguments, lent_secrets

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


def test_a_build_gets_the_go_settings_that_its_dockerfile_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GOPROXY", "https://modules.example.org")
    monkeypatch.setenv("GOSUMDB", "off")

    assert lent_arguments("FROM a\nARG GOPROXY\nRUN b\n") == {
        "GOPROXY": "https://modules.example.org"
    }
    assert lent_arguments("FROM a\nRUN echo ARG GOPROXY\n") == {}


def test_a_build_gets_the_proxies_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    monkeypatch.setenv("NO_PROXY", "")

    assert lent_arguments("FROM a\n") == {"HTTPS_PROXY": "http://proxy.example.org:3128"}


def test_secrets_are_the_files_that_there_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = tmp_path / "pip.conf"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))

    assert lent_secrets(None) == []
    settings.touch()
    assert lent_secrets(tmp_path / "ca") == [("ca", tmp_path / "ca"), ("pip", settings)]
