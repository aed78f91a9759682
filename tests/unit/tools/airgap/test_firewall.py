"""Real rules of the kernel, in a network namespace that only this test sees."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tools.airgap.firewall import ours
from tools.checkout import ROOT

CLOSED_TWICE = """
from tools.airgap import firewall
from tools.commands import output

firewall.close(("eth0", "tun0"))
firewall.close(("eth0", "tun0"))
for tool in ("iptables", "ip6tables"):
    print(output(tool, "-S").count("REJECT"), output(tool, "-S", "FORWARD").count("-j"))
firewall.open_again()
for tool in ("iptables", "ip6tables"):
    print(output(tool, "-S").count("DOCKER-USER"))
"""
# As an ordinary Docker and its administrator leave it, a rule like one of ours included.
BESIDE_OTHERS = """
import sys
from pathlib import Path
from tools.airgap import firewall
from tools.commands import output
from tools.airgap.engine import Engine
from tools.airgap.machine import Machine

for tool in firewall.TOOLS:
    output(tool, "-N", "DOCKER-USER")
    output(tool, "-A", "FORWARD", "-j", "DOCKER-USER")
    output(tool, "-A", "DOCKER-USER", "-p", "tcp", "--dport", "25", "-j", "DROP")
    output(tool, "-A", "DOCKER-USER", "-o", "eth0", "-j", "REJECT")
    output(tool, "-A", "DOCKER-USER", "-m", "comment", "--comment", "not ours", "-j", "RETURN")
before = [output(tool, "-S") for tool in firewall.TOOLS]
folder = Path(sys.argv[1])
machine = Machine(False, ("eth0", "tun0"), None, root=True)
engine = Engine(folder / "data", machine, run=folder / "run")

engine.remove()
assert [output(tool, "-S") for tool in firewall.TOOLS] == before, "changed without ever closing"

firewall.close(machine.uplinks)
assert [output(tool, "-S").count("REJECT") for tool in firewall.TOOLS] == [3, 3]
engine.remove()
assert [output(tool, "-S") for tool in firewall.TOOLS] == before, "others' rules changed"
"""
needs_iptables = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("iptables") or not shutil.which("unshare"),
    reason="needs root and iptables, as after `make airgap`",
)


def in_a_network_of_its_own(program: str, *arguments: str | Path) -> str:
    """What the Python program prints, whose firewall nobody else sees."""
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_iptables
def test_every_uplink_is_closed_once_and_opened_again() -> None:
    told = in_a_network_of_its_own(CLOSED_TWICE)

    assert told.split() == ["2", "1", "2", "1", "0", "0"]


@needs_iptables
def test_the_rules_of_others_outlive_ours(tmp_path: Path) -> None:
    in_a_network_of_its_own(BESIDE_OTHERS, tmp_path)


def test_a_rule_is_ours_by_its_mark_alone() -> None:
    listing = """-P FORWARD ACCEPT
-N DOCKER-USER
-A FORWARD -j DOCKER-USER
-A DOCKER-USER -o eth0 -j REJECT --reject-with icmp-port-unreachable
-A DOCKER-USER -m comment --comment "not rookery-airgap" -j DROP
-A DOCKER-USER -o eth0 -m comment --comment rookery-airgap -j REJECT
"""

    (rule,) = ours(listing)

    assert " ".join(rule) == "DOCKER-USER -o eth0 -m comment --comment rookery-airgap -j REJECT"
