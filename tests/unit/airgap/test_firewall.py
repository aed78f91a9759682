"""Real rules of the kernel, in a network namespace that only this test sees."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
PROGRAM = """
from airgap import firewall
from airgap.commands import output

firewall.close(("eth0", "tun0"))
firewall.close(("eth0", "tun0"))
for tool in ("iptables", "ip6tables"):
    print(output(tool, "-S").count("REJECT"), output(tool, "-S", "FORWARD").count("-j"))
firewall.open_again()
print(output("iptables", "-S").count("DOCKER-USER"))
"""


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("iptables") or not shutil.which("unshare"),
    reason="needs root and iptables",
)
def test_every_uplink_is_closed_once_and_opened_again() -> None:
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-c", PROGRAM],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["2", "1", "2", "1", "0"]
