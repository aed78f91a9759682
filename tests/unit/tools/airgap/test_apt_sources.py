from pathlib import Path

import pytest
from tools.airgap.apt_sources import sources
from tools.failure import ToolError

DEB822 = """# comment
Types: deb deb-src
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates bookworm-backports
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.test/security
Suites: bookworm-security
Components: main

Types: deb
URIs: http://elsewhere.test/tools
Suites: nodistro
Components: main

Types: deb
URIs: http://mirror.test/switched-off
Suites: bookworm
Components: main
Enabled: no
"""


def test_the_machines_own_mirrors_are_used_for_another_release(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)

    assert sources("trixie", tmp_path).splitlines() == [
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
        " http://mirror.test/debian trixie main",
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
        " http://mirror.test/debian trixie-updates main",
        "deb http://mirror.test/security trixie-security main",
    ]


def test_one_line_entries_are_understood(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text(
        "# deb http://old.test/debian bookworm main\n"
        "deb [signed-by=/k.gpg] http://mirror.test/debian bookworm main contrib\n"
        "deb http://elsewhere.test/sdk cloud-sdk main\n"
    )

    assert sources("bookworm", tmp_path) == (
        "deb [signed-by=/k.gpg] http://mirror.test/debian bookworm main\n"
    )


def test_a_machine_without_a_mirror_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="no Debian mirror is configured"):
        sources("trixie", tmp_path)
