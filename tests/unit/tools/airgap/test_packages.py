from pathlib import Path

import pytest
from tools.airgap import packages
from tools.failure import ToolError

SIMULATED = """Reading package lists...
The following NEW packages will be installed:
  docker.io runc
Inst bash [5.2.15-2+b8] (5.2.15-2+b13 Debian:12.15/oldstable [amd64])
Inst runc (1.1.5+ds1-1+deb12u1 Debian:12.15/oldstable [amd64])
Inst docker.io (20.10.24+dfsg1-1+deb12u1 Debian:12.15/oldstable [amd64]) []
Conf runc (1.1.5+ds1-1+deb12u1 Debian:12.15/oldstable [amd64])
"""


def test_an_upgraded_package_is_the_machines_and_a_new_one_ours() -> None:
    assert packages.new(SIMULATED) == ["runc", "docker.io"]


def test_every_run_adds_to_what_is_to_be_purged(tmp_path: Path) -> None:
    root = tmp_path / "cache"

    packages.remember(root, ["runc", "docker.io"])
    packages.remember(root, ["mmdebstrap", "runc"])
    packages.remember(root, [])

    assert packages.remembered(root) == ["docker.io", "mmdebstrap", "runc"]


def test_a_machine_with_every_program_is_not_touched(tmp_path: Path) -> None:
    packages.ensure({"sh": "dash"}, tmp_path, tmp_path / "log")
    packages.purge(tmp_path, tmp_path / "log")

    assert not list(tmp_path.iterdir())


def test_without_apt_what_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ToolError, match=r"needs docker\.io runc: install"):
        packages.ensure(
            {"dockerd": "docker.io", "docker": "docker.io", "runc": "runc"},
            tmp_path,
            tmp_path / "log",
        )
