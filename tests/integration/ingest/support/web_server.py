"""A web server on loopback whose addresses misbehave in one way each."""

import gzip
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from tools.harness.http_server import serving

DRIP_SECONDS = 0.3
BOMB = gzip.compress(b"0" * 50_000_000)
"""50 kB that become 50 MB."""


class Handler(BaseHTTPRequestHandler):
    """Serves `content` at `/good`; the server's `over` event ends what hangs."""

    content: bytes
    over: threading.Event
    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        """Answers by the path's first part."""
        self.seen.append((self.headers["Host"], self.path))
        behaviour, _, argument = self.path.split("?")[0].strip("/").partition("/")
        answers: dict[str, Callable[[], object]] = {
            "good": lambda: self._answer(200, self.content),
            "status": lambda: self._answer(int(argument), b"no"),
            "half": lambda: self._answer(200, self.content[:1000], len(self.content)),
            "redirect": lambda: self._redirect("/good"),
            "loop": lambda: self._redirect("/loop"),
            "elsewhere": lambda: self._redirect(f"{argument}://127.0.0.1/etc/passwd"),
            "to": lambda: self._redirect(unquote(argument)),
            "coded": lambda: self._answer(200, gzip.compress(self.content), coding=argument),
            "identity": lambda: self._answer(200, self.content, coding="identity"),
            "bomb": lambda: self._answer(200, BOMB, coding="gzip"),
            "hang": self.over.wait,
            "stall": self._stall,
            "drip": self._drip,
            "endless": self._endless,
        }
        answers[behaviour]()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Logs nothing."""

    def _answer(
        self, code: int, body: bytes, length: int | None = None, coding: str | None = None
    ) -> None:
        self.send_response(code)
        if coding is not None:
            self.send_header("Content-Encoding", coding)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def _stall(self) -> None:
        self._answer(200, self.content[:1000], len(self.content))
        self.over.wait()

    def _redirect(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _drip(self) -> None:
        """Sends a byte now and then, so that no time-out of a socket ends it."""
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000:
            self.wfile.write(bytes([byte]))
            if self.over.wait(DRIP_SECONDS):
                return

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.over.is_set():
            self.wfile.write(self.content)


class Server(ThreadingHTTPServer):
    """A server whose clients may go away while they are served."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Logs nothing."""


@contextmanager
def web_server(
    content: bytes, seen: list[tuple[str, str]] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Runs a server for the block; yields its address.

    Host and path of each request are appended to `seen`.
    """
    over = threading.Event()
    members = {"content": content, "over": over, "seen": [] if seen is None else seen}
    handler = type("Bound", (Handler,), members)
    server = Server(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    with serving(server):
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            over.set()
