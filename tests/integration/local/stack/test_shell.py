"""A stack that is started in a shell which has settings for other programs."""

from pathlib import Path

import pytest
from tests.integration.local.support.command import Rookery

from rookery_local.folder.home import Home

OTHER_PROGRAMS = {
    "PGSERVICE": "prod",
    "PGHOSTADDR": "10.255.255.1",
    "PGOPTIONS": "-c role=app",
    "PGCHANNELBINDING": "require",
    "PGSSLROOTCERT": "system",
    "PGTARGETSESSIONATTRS": "read-only",
    "PGREQUIREAUTH": "none",
    "AWS_PROFILE": "work-sso",
    "AWS_RETRY_MODE": "never",
    "AWS_ENDPOINT_URL": "http://10.255.255.1",
    "MLFLOW_TRACKING_URI": "http://10.255.255.1",
    "HTTP_PROXY": "http://10.255.255.1:3128",
    "ALL_PROXY": "http://10.255.255.1:3128",
    "PYTHONWARNINGS": "error",
    "UV_SYSTEM_PYTHON": "1",
    "PIP_USER": "1",
}


def test_a_stack_comes_up_answers_and_ends_whatever_the_shell_has_for_other_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A malformed file of AWS's, and one of libpq's that would lead elsewhere.
    (tmp_path / "person" / ".aws").mkdir(parents=True)
    (tmp_path / "person" / ".aws" / "config").write_text("[default\nregion")
    (tmp_path / "person" / ".pg_service.conf").write_text("[prod]\nhost=10.255.255.1\n")
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    for name, value in OTHER_PROGRAMS.items():
        monkeypatch.setenv(name, value)
    rookery = Rookery(Home(tmp_path / "a folder, für 'all' #1"))

    rookery.run("up")
    said = rookery.run("status")
    rookery.run("down")

    assert "does not answer" not in said
    assert rookery.is_gone
