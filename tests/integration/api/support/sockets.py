"""Connections by hand: bytes to the API, and bytes back."""

import socket
from contextlib import closing

from tools.harness.api_process import ApiProcess


def connect(api: ApiProcess) -> "closing[socket.socket]":
    """A connection; its reads fail after ten seconds."""
    return closing(socket.create_connection(("127.0.0.1", api.port), timeout=10))


def read_to_end(connection: socket.socket) -> bytes:
    """What the server still says before it closes."""
    received = b""
    while True:
        try:
            part = connection.recv(65536)
        except ConnectionResetError:
            return received
        if not part:
            return received
        received += part
