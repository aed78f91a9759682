from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from tools.harness.http_server import serving
from tools.harness.polling import answers, eventually

from rookery_core.errors import Unavailable
from rookery_local.process.ports import free_ports


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ready" else 503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Writes nothing."""


def test_what_is_found_is_returned_as_soon_as_it_is_true() -> None:
    looks = iter([None, "", "found", "later"])

    assert eventually(lambda: next(looks)) == "found"
    assert next(looks) == "later"


def test_what_does_not_come_true_is_named() -> None:
    with pytest.raises(Unavailable, match="the server did not come true within 0 s"):
        eventually(lambda: False, seconds=0, what="the server")


def test_only_a_200_is_an_answer() -> None:
    with serving(HTTPServer(("127.0.0.1", 0), Page)) as server:
        url = f"http://127.0.0.1:{server.server_port}"

        assert answers(f"{url}/ready")
        assert not answers(f"{url}/starting")

    assert not answers(f"http://127.0.0.1:{free_ports(1)[0]}")
