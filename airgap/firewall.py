"""What containers send out of the machine is rejected at its uplinks.

The chain is made before the engine starts, for an engine may start containers of its own accord;
Docker keeps a DOCKER-USER chain that it finds, and asks it first.
"""

from collections.abc import Sequence

from airgap.commands import output, succeeds
from airgap.failure import AirgapError

CHAIN = "DOCKER-USER"
TOOLS = ("iptables", "ip6tables")


def close(uplinks: Sequence[str]) -> None:
    """Forwarded packets are rejected at every uplink, each rule there once."""
    if not uplinks:
        return
    for tool in TOOLS:
        if not succeeds(tool, "-w", "-nL", CHAIN) and not succeeds(tool, "-w", "-N", CHAIN):
            if tool == "ip6tables" and not succeeds(tool, "-w", "-nL"):
                continue  # A kernel without IPv6 filtering forwards no IPv6 either.
            raise AirgapError(
                f"{tool} cannot make the chain {CHAIN}: is the kernel's filter there?"
            )
        for uplink in uplinks:
            if not succeeds(tool, "-w", "-C", *_rule(uplink)):
                output(tool, "-w", "-I", *_rule(uplink))
        if not succeeds(tool, "-w", "-C", "FORWARD", "-j", CHAIN):
            output(tool, "-w", "-I", "FORWARD", "-j", CHAIN)


def open_again() -> None:
    """The chain is gone, and all rules in it."""
    for tool in TOOLS:
        while succeeds(tool, "-w", "-D", "FORWARD", "-j", CHAIN):
            pass
        if succeeds(tool, "-w", "-F", CHAIN):
            output(tool, "-w", "-X", CHAIN)


def _rule(uplink: str) -> tuple[str, ...]:
    return (CHAIN, "-o", uplink, "-j", "REJECT")
