"""TCP ports of the loopback interface."""

import socket
from contextlib import ExitStack

from rookery_core.errors import Refused

LOOPBACK = "127.0.0.1"
"""Every server of the embedded stack listens on this address and on no other."""


def free_ports(count: int) -> tuple[int, ...]:
    """Finds `count` different ports on which nothing listens at the moment."""
    with ExitStack() as held:
        # All are held open until the last is found; otherwise the system could give one twice.
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return tuple(int(each.getsockname()[1]) for each in sockets)


def is_free(port: int) -> bool:
    """Says whether a server could listen on the port now."""
    with socket.socket() as candidate:
        # A port whose last connections are in TIME_WAIT counts as free, as it does for servers.
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def require_free(port: int, purpose: str, remedy: str) -> int:
    """Returns the port, on which nothing listens.

    Raises:
        Refused: something listens there.
    """
    if is_free(port):
        return port
    raise Refused(f"port {port}, wanted for {purpose}, is in use; {remedy}")


def preferred(port: int) -> int:
    """Chooses the port itself if it is free, otherwise any free port."""
    return port if is_free(port) else free_ports(1)[0]
