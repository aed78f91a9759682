"""A server as a new pod finds it: nobody can connect to it at first."""

import json
import socket
import socketserver
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any


@contextmanager
def late(port: int) -> Iterator["Late"]:
    """A port that refuses every connection until it is opened; then they lead to `port`."""
    with Late(port) as relay:
        try:
            yield relay
        finally:
            relay.end()


class Late(socketserver.ThreadingTCPServer):
    """Refuses as a closed port does: a socket that is bound but does not listen keeps its port."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int) -> None:
        self.target = ("127.0.0.1", port)
        super().__init__(("127.0.0.1", 0), _Passage, bind_and_activate=False)
        self.server_bind()
        self.port = int(self.socket.getsockname()[1])
        self._thread = Thread(target=self.serve_forever, args=(0.05,))

    def open(self) -> None:
        """Connections are taken."""
        self.server_activate()
        self._thread.start()

    def end(self) -> None:
        """None is any more."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: clients go away in the middle."""


def outlasted(
    process: "subprocess.Popen[str]", *refusing: Late
) -> tuple[int, list[dict[str, Any]]]:
    """The exit code and the events of a program; whenever it says that it waits, the next of the
    ports is opened."""
    closed = iter(refusing)
    events: list[dict[str, Any]] = []
    assert process.stderr is not None
    with process:
        for line in process.stderr:
            if not line.startswith("{"):
                continue
            events.append(json.loads(line))
            if "waiting" in events[-1]["event"]:
                for each in closed:
                    each.open()
                    break
    assert list(closed) == [], f"nobody waited: {events}"
    return process.returncode, events


class _Passage(socketserver.BaseRequestHandler):
    server: Late

    def handle(self) -> None:
        with socket.create_connection(self.server.target) as upstream:
            back = Thread(target=_copy, args=(upstream, self.request), daemon=True)
            back.start()
            _copy(self.request, upstream)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        # Either end went away: the other one is to know.
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
