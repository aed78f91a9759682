"""What this machine is: read from the kernel, never assumed."""

import os
from dataclasses import dataclass
from pathlib import Path

from tools.docker.lent import ca_bundle
from tools.failure import ToolError

SYS_RESOURCE = 24


@dataclass(frozen=True)
class Machine:
    """The facts on which the steps depend."""

    lacks_sys_resource: bool
    """CAP_SYS_RESOURCE is outside the bounding set, so no process can ever get it."""

    uplinks: tuple[str, ...]
    """Network interfaces through which packets leave the machine."""

    ca_bundle: Path | None
    """The certificates this machine trusts, a company's own among them."""

    root: bool


def survey(root: Path = Path("/")) -> Machine:
    """Reads the machine's facts; `root` is where /proc and /sys are found."""
    status = (root / "proc/self/status").read_text()
    return Machine(
        lacks_sys_resource=not bounding_set(status) >> SYS_RESOURCE & 1,
        uplinks=uplinks(
            _text(root / "proc/net/route"),
            _text(root / "proc/net/ipv6_route"),
            _virtual(root / "sys/class/net"),
        ),
        ca_bundle=ca_bundle(root),
        root=os.geteuid() == 0,
    )


def bounding_set(status: str) -> int:
    """Returns the capability bounding set in the text of /proc/self/status."""
    for line in status.splitlines():
        if line.startswith("CapBnd:"):
            return int(line.split()[1], 16)
    raise ToolError("/proc/self/status has no CapBnd line; this needs a Linux kernel")


def uplinks(ipv4: str, ipv6: str, virtual: frozenset[str]) -> tuple[str, ...]:
    """Returns interfaces that any route uses, without loopback and the engine's own (`virtual`)."""
    names = {line.split()[0] for line in ipv4.splitlines()[1:] if line.split()}
    names |= {line.split()[-1] for line in ipv6.splitlines() if line.split()}
    return tuple(sorted(names - virtual - {"lo"}))


def _virtual(interfaces: Path) -> frozenset[str]:
    """Returns bridges and their ports: they belong to container engines."""
    if not interfaces.is_dir():
        return frozenset()
    return frozenset(
        each.name
        for each in interfaces.iterdir()
        if (each / "bridge").exists() or (each / "brport").exists()
    )


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""
