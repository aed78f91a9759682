"""Rejects at the uplinks what containers send out of the machine.

The chain is made before the engine starts, because an engine may start containers by itself.
Docker keeps a DOCKER-USER chain that it finds, and asks it first. Every rule of ours carries a
mark, which lives exactly as long as the rule and tells it from an administrator's.

A connection is answered by a reset. The kernel sends only one ICMP answer a second to one address,
and one node asks more often than that: CoreDNS alone tries its servers of names twice a second.
"""

import shlex
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tools.commands import output, succeeds
from tools.failure import ToolError

CHAIN = "DOCKER-USER"
TOOLS = ("iptables", "ip6tables")
MARK = "rookery-airgap"
MARKED = ("-m", "comment", "--comment", MARK)
JUMP = ("FORWARD", "-j", CHAIN)
OUR_JUMP = ("FORWARD", *MARKED, "-j", CHAIN)
# Each is put before those that are there, so the last one is asked first.
REJECTIONS = (
    (*MARKED, "-j", "REJECT"),
    ("-p", "tcp", *MARKED, "-j", "REJECT", "--reject-with", "tcp-reset"),
)


def close(uplinks: Sequence[str]) -> None:
    """Rejects forwarded packets at every uplink; each rule is there once."""
    if not uplinks:
        return
    for tool in TOOLS:
        if not succeeds(tool, "-w", "-nL", CHAIN) and not succeeds(tool, "-w", "-N", CHAIN):
            if tool == "ip6tables" and not succeeds(tool, "-w", "-nL"):
                continue  # A kernel without IPv6 filtering forwards no IPv6 either.
            raise ToolError(f"{tool} cannot make the chain {CHAIN}: is the kernel's filter there?")
        for uplink in uplinks:
            for rejection in REJECTIONS:
                rule = (CHAIN, "-o", uplink, *rejection)
                if not succeeds(tool, "-w", "-C", *rule):
                    output(tool, "-w", "-I", *rule)
        if not any(succeeds(tool, "-w", "-C", *jump) for jump in (JUMP, OUR_JUMP)):
            output(tool, "-w", "-I", *OUR_JUMP)


def open_again() -> None:
    """Removes our rules; all others stay, and so does a chain that somebody else uses."""
    for tool in TOOLS:
        if not succeeds(tool, "-w", "-S"):
            continue  # No such tool, no such filter: no rule of ours.
        rules = list(ours(output(tool, "-w", "-S")))
        for rule in rules:
            output(tool, "-w", "-D", *rule)
        if any(rule[0] == "FORWARD" for rule in rules):
            # We made the chain; the kernel keeps one that holds a rule or is jumped to.
            succeeds(tool, "-w", "-X", CHAIN)


def ours(listing: str) -> Iterator[list[str]]:
    """Yields the rules with our mark in what `iptables -S` lists, each from its chain on."""
    for line in listing.splitlines():
        words = shlex.split(line)
        if words[0] == "-A" and ("--comment", MARK) in pairwise(words):
            yield words[1:]
