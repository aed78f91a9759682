"""A proxy on loopback that counts the requests it passes on."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tools.harness.http_server import serving


@dataclass(frozen=True)
class Counted:
    """Where the proxy listens, and what went through it."""

    url: str
    requests: Counter[str] = field(default_factory=Counter)
    """How many requests of each `METHOD /path`."""


@contextmanager
def counting_proxy(target: str) -> Iterator[Counted]:
    """Passes requests on to `target`, and counts them, while the block runs."""
    counted: Counter[str] = Counter()
    with (
        httpx.Client(base_url=target, timeout=60, trust_env=False) as client,
        serving(ThreadingHTTPServer(("127.0.0.1", 0), _handler(client, counted))) as server,
    ):
        yield Counted(f"http://127.0.0.1:{server.server_port}", counted)


def _handler(client: httpx.Client, counted: Counter[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            counted[f"{self.command} {self.path.partition('?')[0]}"] += 1
            headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = client.request(self.command, self.path, headers=headers, content=body)
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers.get("Content-Type", ""))
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Writes nothing: requests are counted, not logged."""

    return Handler
