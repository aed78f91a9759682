from pathlib import Path

import pytest
from tools.airgap.machine import bounding_set, survey, uplinks
from tools.failure import ToolError

ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
"""
ROUTES_V6 = "fd00 40 00 00 00 00 00 00 00 00 wlan0\n00 80 00 00 00 00 00 00 00 00 lo\n"


def machine_folder(root: Path, bounding: str) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/net").mkdir()
    (root / "proc/self/status").write_text(f"Name:\tpython3\nCapBnd:\t{bounding}\n")
    (root / "proc/net/route").write_text(ROUTES)
    (root / "sys/class/net/docker0/bridge").mkdir(parents=True)
    (root / "sys/class/net/eth0").mkdir()
    return root


def test_every_route_out_is_an_uplink() -> None:
    assert uplinks(ROUTES, ROUTES_V6, frozenset({"docker0"})) == ("eth0", "tun0", "wlan0")


def test_a_machine_without_routes_has_no_uplink() -> None:
    assert uplinks("", "", frozenset()) == ()


@pytest.mark.parametrize(
    ("bounding", "lacks"), [("000001fffeffffff", True), ("000001ffffffffff", False)]
)
def test_a_missing_capability_is_detected(tmp_path: Path, bounding: str, lacks: bool) -> None:
    found = survey(machine_folder(tmp_path, bounding))

    assert found.lacks_sys_resource is lacks
    assert found.uplinks == ("eth0", "tun0")


def test_this_machine_can_be_surveyed() -> None:
    found = survey()

    assert "lo" not in found.uplinks


def test_another_kernel_is_named() -> None:
    with pytest.raises(ToolError, match="Linux"):
        bounding_set("Name: x\n")
