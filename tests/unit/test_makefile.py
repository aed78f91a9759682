"""`make` in a shell that has settings for other projects."""

import os
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
ELSEWHERE = (
    *("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "PIP_DRY_RUN"),
    *("UV_SYSTEM_PYTHON", "UV_PYTHON", "UV_TARGET", "UV_PREFIX", "UV_BREAK_SYSTEM_PACKAGES"),
    *("UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE_NEWER", "UV_REQUIRE_HASHES"),
    *("UV_NO_VERIFY_HASHES", "UV_DRY_RUN", "VIRTUAL_ENV", "CONDA_PREFIX"),
    *("PYTHONPATH", "PYTHONHOME"),
)
"""Variables that say where or how packages of another project are installed."""
SOURCES = ("PIP_INDEX_URL", "PIP_CERT", "UV_DEFAULT_INDEX", "UV_CACHE_DIR", "SSL_CERT_FILE")
"""Variables that say where packages come from on this machine."""


def make(*arguments: str, makefile: str = "include Makefile", **variables: str) -> str:
    """Runs make in the checkout with variables in its environment; returns what it printed."""
    return subprocess.run(
        ["make", "--no-print-directory", "-f", "-", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, **variables},
        input=makefile,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout


def test_where_the_shell_installs_other_projects_is_not_seen() -> None:
    given = dict.fromkeys((*ELSEWHERE, *SOURCES), "another project's")

    seen = make("seen", makefile="include Makefile\nseen: ; @env", **given).splitlines()

    assert [name for name in ELSEWHERE if f"{name}=another project's" in seen] == []
    assert [name for name in SOURCES if f"{name}=another project's" in seen] == [*SOURCES]


def test_packages_are_installed_into_the_checkouts_own_environment() -> None:
    recipe = make("--dry-run", "--always-make", ".venv/dev").splitlines()

    installs = [line for line in recipe if "uv pip install" in line]
    assert len(installs) == 4
    assert all("--python .venv/bin/python" in line for line in installs)
