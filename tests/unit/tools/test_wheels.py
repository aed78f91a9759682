"""What goes into the wheels' folder."""

import tomllib

from tests.some import some
from tools.checkout import ROOT
from tools.wheels import LOCK, members, pins

TEXT = """\
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via
    #   x==1
uvicorn[standard]==0.54.0 \\
    --hash=sha256:cc
plain==1
"""


def test_a_pin_keeps_its_marker_and_loses_its_hashes() -> None:
    assert pins(TEXT) == [
        "numpy==2.4.6 ; python_full_version < '3.12'",
        "uvicorn[standard]==0.54.0",
        "plain==1",
    ]


def test_every_pin_of_the_lock_is_a_constraint() -> None:
    text = LOCK.read_text()
    hashed = [line for line in text.splitlines() if line.endswith("\\") and "--hash" not in line]

    assert [f"{pin} \\" for pin in some(pins(text))] == hashed


def test_every_member_of_the_workspace_gets_a_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = set(project["tool"]["uv"]["sources"])

    built = [tomllib.loads((each / "pyproject.toml").read_text()) for each in members()]

    assert {each["project"]["name"] for each in built} == named
