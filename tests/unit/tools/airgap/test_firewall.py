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
assert [output(tool, "-S").count("REJECT") for tool in firewall.TOOLS] == [5, 5]
engine.remove()
assert [output(tool, "-S") for tool in firewall.TOOLS] == before, "others' rules changed"
"""
# A container behind a bridge of its own tries an address that nobody has, again and again. Whoever
# gets no answer asks once more after a second.
REFUSED_AT_ONCE = """
import subprocess, sys
from tools.airgap import firewall
from tools.commands import output

TRIES = '''
import socket
for _ in range(50):
    try:
        socket.create_connection(("203.0.113.7", 443), timeout=0.9)
    except ConnectionRefusedError:
        print("refused")
'''
container = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo; exec sleep 60"], stdout=-1)
try:
    container.stdout.readline()
    inside = ["nsenter", "--net", "--target", str(container.pid)]
    output("sysctl", "--write", "net.ipv4.ip_forward=1")
    output("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "beyond")
    output("ip", "address", "add", "192.0.2.2/24", "dev", "eth0")
    output("ip", "link", "set", "beyond", "up")
    output("ip", "link", "set", "eth0", "up")
    output("ip", "route", "add", "default", "via", "192.0.2.1")
    output("ip", "link", "add", "bridge", "type", "veth", "peer", "name", "eth0", "netns",
           str(container.pid))
    output("ip", "address", "add", "172.18.0.1/16", "dev", "bridge")
    output("ip", "link", "set", "bridge", "up")
    output(*inside, "ip", "address", "add", "172.18.0.2/16", "dev", "eth0")
    output(*inside, "ip", "link", "set", "eth0", "up")
    output(*inside, "ip", "route", "add", "default", "via", "172.18.0.1")

    firewall.close(("eth0",))

    print(output(*inside, sys.executable, "-c", TRIES))
finally:
    container.kill()
    container.wait()
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

    assert told.split() == ["4", "1", "4", "1", "0", "0"]


@needs_iptables
def test_the_rules_of_others_outlive_ours(tmp_path: Path) -> None:
    in_a_network_of_its_own(BESIDE_OTHERS, tmp_path)


@needs_iptables
def test_every_connection_is_refused_however_many_there_are() -> None:
    told = in_a_network_of_its_own(REFUSED_AT_ONCE)

    assert told.split() == ["refused"] * 50


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
