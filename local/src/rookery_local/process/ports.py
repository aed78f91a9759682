"""TCP ports of the loopback interface."""

import socket
from contextlib import ExitStack

from rookery_core.errors import Refused

LOOPBACK = "127.0.0.1"
"""Every server of the local stack listens here and nowhere else."""


def free_ports(count: int) -> tuple[int, ...]:
    """`count` distinct ports that nobody listens on at this moment."""
    with ExitStack() as held:
        # All are held open until the last is found, or the system might give one twice.
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return tuple(int(each.getsockname()[1]) for each in sockets)


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as candidate:
        # A port whose last connections are still winding down counts as free, as for servers.
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def require_free(port: int, purpose: str, remedy: str) -> int:
    """The port itself, as nobody listens on it.

    Raises:
        Refused: where somebody does.
    """
    if is_free(port):
        return port
    raise Refused(f"port {port}, wanted for {purpose}, is in use; {remedy}")


def preferred(port: int) -> int:
    """The port itself where it is free, else any free one."""
    return port if is_free(port) else free_ports(1)[0]
