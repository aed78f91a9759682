"""File handles: each connection takes one, and a process has only so many."""

import resource

RESERVED = 160
"""Kept for all but the callers' connections: the management port, bundles, registry and log."""


def connections_with_handles(wanted: int) -> int:
    """Answers how many connections the process can hold: at most `wanted`, at least one.

    The process's soft limit is raised as far as is needed and allowed.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + RESERVED
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else max(1, min(wanted, soft - RESERVED))
