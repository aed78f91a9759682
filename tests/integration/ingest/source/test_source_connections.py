"""Where a web source may be: what is connected to, and what is refused before any connection."""

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import httpx
import pytest
from tests.integration.ingest.support.certificates import certified
from tests.integration.ingest.support.ingested_model import IngestedModel, table
from tests.integration.ingest.support.web_server import web_server
from tools.harness.http_server import serving

from rookery_core.errors import Refused, Unavailable
from rookery_ingest.source.addresses import Address, listed
from rookery_ingest.source.checked_transport import CheckedTransport
from rookery_local.process.ports import free_ports

CONTENT = table(good=5).encode()
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxy_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def seen() -> list[tuple[str, str]]:
    """Collects host and path of every request to `web`."""
    return []


@pytest.fixture
def web(seen: list[tuple[str, str]]) -> Iterator[str]:
    """Runs a web server on this machine."""
    with web_server(CONTENT, seen) as address:
        yield address


class Trust(Protocol):
    """Makes a server's side of TLS that clients of this test trust."""

    def __call__(self, name: str, *, expired: bool = False) -> ssl.SSLContext:
        """For that host."""


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trust:
    """Names the authority in SSL_CERT_FILE, as an operator does."""

    def make(name: str, *, expired: bool = False) -> ssl.SSLContext:
        tls = certified(tmp_path, name, expired=expired)
        monkeypatch.setenv("SSL_CERT_FILE", str(tls.authority))
        return tls.server

    return make


def _allow(model: IngestedModel, allowed: str) -> None:
    model.settings = model.settings.model_copy(update={"source_allowed": allowed})


def _port(url: str) -> str:
    return url.rpartition(":")[2]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1.",
        "127.1",
        "127.8.8.8",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "017700000001",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::]",
        "example.org@127.0.0.1",
        "example.org:80@localhost",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "10.0.0.1",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::1]",
    ],
)
def test_an_address_that_is_not_public_is_refused_however_it_is_spelled(
    model: IngestedModel, web: str, seen: list[tuple[str, str]], host: str
) -> None:
    _allow(model, "")
    model.take_from(f"http://{host}:{_port(web)}/good")

    with pytest.raises(Refused, match="ROOKERY_SOURCE_ALLOWED"):
        model.ingest()

    assert seen == []
    assert model.batches() == []


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:{port}/good",
        "http://localhost:{port}/good",
        "http://2130706433:{port}/good",
        "http://[::ffff:127.0.0.1]:{port}/good",
        "//127.0.0.1:{port}/good",
        "http://169.254.169.254/latest/meta-data/",
        "http://user:secret@10.0.0.1/",
    ],
)
def test_a_redirect_does_not_lead_where_nothing_is_listed(
    model: IngestedModel, web: str, seen: list[tuple[str, str]], to: str
) -> None:
    outside: list[tuple[str, str]] = []
    with web_server(CONTENT, outside) as first:
        _allow(model, f"127.0.0.1:{_port(first)}")
        model.take_from(f"{first}/to/{quote(to.format(port=_port(web)), safe='')}")

        with pytest.raises(Refused, match=r"is an? [a-z-]+ address") as caught:
            model.ingest()

    assert len(outside) == 1
    assert seen == []
    assert "secret" not in str(caught.value)


def test_each_of_several_redirects_is_checked(
    model: IngestedModel, web: str, seen: list[tuple[str, str]]
) -> None:
    with web_server(CONTENT) as first, web_server(CONTENT) as second:
        _allow(model, f"127.0.0.1:{_port(first)},127.0.0.1:{_port(second)}")
        last = quote(f"{web}/good", safe="")
        model.take_from(f"{first}/to/{quote(f'{second}/to/{last}', safe='')}")

        with pytest.raises(Refused, match=_port(web)):
            model.ingest()

    assert seen == []


@pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.1:{port}", "127.0.0.0/8", "localhost"])
def test_what_is_listed_is_read(model: IngestedModel, web: str, entry: str) -> None:
    _allow(model, entry.format(port=_port(web)))
    host = "localhost" if entry == "localhost" else "127.0.0.1"
    model.take_from(f"http://{host}:{_port(web)}/good")

    assert model.ingest().loaded == 5


def test_a_redirect_to_what_is_listed_is_followed(model: IngestedModel, web: str) -> None:
    with web_server(CONTENT) as first:
        model.take_from(f"{first}/to/{quote(f'{web}/good', safe='')}")

        assert model.ingest().loaded == 5


def test_another_port_than_the_listed_one_is_refused(model: IngestedModel, web: str) -> None:
    _allow(model, "127.0.0.1:1,localhost")
    model.take_from(f"{web}/good")

    with pytest.raises(Refused, match=rf"list 127.0.0.1:{_port(web)} in ROOKERY_SOURCE_ALLOWED"):
        model.ingest()


def test_the_program_refuses_for_good_and_says_nothing_secret(
    model: IngestedModel, web: str, seen: list[tuple[str, str]]
) -> None:
    model.take_from(f"http://user:secret@127.0.0.1:{_port(web)}/good?token=secret")

    code, events = model.run()

    assert code == 42
    assert "is a loopback address" in events[-1]["reason"]
    assert "secret" not in repr(events)
    assert seen == []


def test_the_programs_environment_lists_what_is_allowed(model: IngestedModel, web: str) -> None:
    model.take_from(f"http://user:secret@127.0.0.1:{_port(web)}/good?token=secret")

    code, events = model.run(ROOKERY_SOURCE_ALLOWED=f"files.example.org, 127.0.0.1:{_port(web)}")

    assert code == 0
    assert "secret" not in repr(events)


def test_a_list_that_is_none_is_refused(model: IngestedModel) -> None:
    code, events = model.run(ROOKERY_SOURCE_ALLOWED="http://files.example.org")

    assert code == 42
    assert "ROOKERY_SOURCE_ALLOWED" in events[-1]["reason"]
    assert "'http://files.example.org'" in events[-1]["reason"]


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http:///x.csv",
        "http://[::1/x.csv",
        "http://files:port/x.csv",
        "http://files:99999/x.csv",
        "http://a b/x.csv",
        "http://%31%32%37.0.0.1/x.csv",
        "http://0177.0.0.1/x.csv",
        "http://-/x.csv",
        f"http://{'a' * 64}.example.org/x.csv",
        "http://①②⑦.⓪.⓪.①/x.csv",
        "s3://[bucket/x.csv",
        "s3://arn:aws:s3:us-east-1:123456789012:accesspoint:mine/x.csv",
        "s3://key:secret@bucket/x.csv",
        "s3://../x.csv",
        "file://[::1/x.csv",
    ],
)
def test_what_is_no_address_is_refused(model: IngestedModel, url: str) -> None:
    model.take_from(url)

    with pytest.raises(Refused) as caught:
        model.ingest()

    assert "secret" not in str(caught.value)


def test_a_name_that_no_resolver_knows_may_be_tried_again(model: IngestedModel) -> None:
    model.take_from("http://nothing.invalid/x.csv")

    with pytest.raises(Unavailable, match=r"nothing\.invalid could not be resolved"):
        model.ingest()


class Resolver:
    """Answers each question with the next of its answers, as a name that is bound anew does."""

    def __init__(self, *answers: str) -> None:
        self._answers = iter(answers)

    def __call__(self, _host: str, _port: int) -> tuple[Address, ...]:
        """The addresses of the next answer, separated by spaces."""
        return tuple(map(ip_address, next(self._answers).split()))


def test_the_checked_address_is_the_one_that_is_connected_to(
    web: str, seen: list[tuple[str, str]]
) -> None:
    resolver = Resolver("127.0.0.1", "127.0.0.1", "10.0.0.1")
    allowed = listed(f"127.0.0.1:{_port(web)}")

    with httpx.Client(transport=CheckedTransport(allowed, resolver)) as client:
        for _ in range(2):
            client.get(f"http://files.example.org:{_port(web)}/good")
        with pytest.raises(Refused, match=r"\(10.0.0.1\) is a private address"):
            client.get(f"http://files.example.org:{_port(web)}/good")

    assert seen == [(f"files.example.org:{_port(web)}", "/good")] * 2


def test_a_name_with_one_address_inside_is_refused(web: str, seen: list[tuple[str, str]]) -> None:
    resolver = Resolver("127.0.0.1 10.0.0.1")
    allowed = listed(f"127.0.0.1:{_port(web)}")

    with (
        httpx.Client(transport=CheckedTransport(allowed, resolver)) as client,
        pytest.raises(Refused, match=r"\(10.0.0.1\)"),
    ):
        client.get(f"http://files.example.org:{_port(web)}/good")

    assert seen == []


def test_an_address_that_does_not_answer_is_followed_by_the_next(web: str) -> None:
    with closing(socket.socket()) as closed:
        closed.bind(("127.0.0.2", int(_port(web))))
        resolver = Resolver("127.0.0.2 127.0.0.1")

        with httpx.Client(transport=CheckedTransport(listed("127.0.0.0/8"), resolver)) as client:
            answer = client.get(f"http://files.example.org:{_port(web)}/good")

    assert answer.content == CONTENT


def test_the_certificate_is_that_of_the_name(trusted: Trust) -> None:
    tls = trusted("files.example.org")
    names: list[str] = []
    tls.sni_callback = lambda _, name, __: names.append(str(name))
    resolver = Resolver("127.0.0.1", "127.0.0.1")
    with (
        web_server(CONTENT, tls=tls) as web,
        httpx.Client(transport=CheckedTransport(listed("127.0.0.1"), resolver)) as client,
    ):
        answer = client.get(f"https://files.example.org:{_port(web)}/good")
        with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
            client.get(f"https://other.example.org:{_port(web)}/good")

    assert answer.content == CONTENT
    assert names == ["files.example.org", "other.example.org"]


def test_a_certificate_of_nobody_known_is_refused(model: IngestedModel, tmp_path: Path) -> None:
    with web_server(CONTENT, tls=certified(tmp_path, "127.0.0.1").server) as web:
        model.take_from(f"{web}/good")

        with pytest.raises(Refused, match="self-signed"):
            model.ingest()


@pytest.mark.parametrize(
    ("name", "expired", "told"),
    [("127.0.0.1", True, "expired"), ("files.example.org", False, "mismatch")],
)
def test_a_certificate_that_does_not_fit_is_refused(
    model: IngestedModel, trusted: Trust, name: str, expired: bool, told: str
) -> None:
    with web_server(CONTENT, tls=trusted(name, expired=expired)) as web:
        model.take_from(f"{web}/good")

        with pytest.raises(Refused, match=told):
            model.ingest()


def test_a_certificate_that_fits_is_taken(model: IngestedModel, trusted: Trust) -> None:
    with web_server(CONTENT, tls=trusted("127.0.0.1")) as web:
        model.take_from(f"{web}/redirect")

        assert model.ingest().loaded == 5


def test_a_server_without_tls_is_refused_where_tls_is_asked_for(
    model: IngestedModel, web: str
) -> None:
    model.take_from(f"https://127.0.0.1:{_port(web)}/good")

    with pytest.raises(Refused, match="speaks no TLS"):
        model.ingest()


@pytest.mark.parametrize("path", ["coded/gzip", "coded/x-gzip", "coded/br", "bomb"])
def test_coded_content_is_refused_before_it_is_read(
    model: IngestedModel, web: str, path: str
) -> None:
    model.take_from(f"{web}/{path}")

    with pytest.raises(Refused, match="answers with Content-Encoding"):
        model.ingest()

    assert model.raw() == []


def test_content_that_is_said_to_be_plain_is_read(model: IngestedModel, web: str) -> None:
    model.take_from(f"{web}/identity")

    assert model.ingest().loaded == 5


class Proxy(BaseHTTPRequestHandler):
    """A proxy that answers by itself and keeps what it was asked for."""

    asked: list[str]

    def do_GET(self) -> None:
        """Any address gives the content, or the status that it names."""
        self.asked.append(self.path)
        status = self.path.rpartition("/")[2]
        self.send_response(int(status) if status.isdigit() else 200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Says nothing."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The addresses that were asked of the proxy that the environment names."""
    addresses: list[str] = []
    handler = type("Bound", (Proxy,), {"asked": addresses})
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
        yield addresses


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "localhost.", "2130706433", "169.254.169.254", "[::1]"]
)
def test_a_proxy_is_not_asked_for_what_is_not_public(
    model: IngestedModel, asked: list[str], host: str
) -> None:
    _allow(model, "")
    model.take_from(f"http://{host}/good")

    with pytest.raises(Refused, match="ROOKERY_SOURCE_ALLOWED"):
        model.ingest()

    assert asked == []


def test_a_proxy_resolves_what_does_not_resolve_here(
    model: IngestedModel, asked: list[str]
) -> None:
    _allow(model, "")
    model.take_from("http://nothing.invalid/good")

    assert model.ingest().loaded == 5
    assert asked == ["http://nothing.invalid/good"]


def test_a_host_that_needs_no_proxy_is_connected_to(
    model: IngestedModel, web: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    model.take_from(f"{web}/good")

    assert model.ingest().loaded == 5
    assert asked == []


def test_a_proxy_that_is_none_is_refused(
    model: IngestedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "gopher://user:secret@files.example.org")
    model.take_from("http://127.0.0.1/good")

    with pytest.raises(Refused, match="the proxy that the environment names") as caught:
        model.ingest()

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "kind"), [(503, Unavailable), (502, Unavailable), (404, Refused), (407, Refused)]
)
def test_a_failure_behind_a_proxy_names_the_proxy(
    model: IngestedModel,
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    kind: type[Exception],
) -> None:
    address = os.environ["http_proxy"].removeprefix("http://")
    monkeypatch.setenv("http_proxy", f"http://somebody:secret@{address}")
    model.take_from(f"http://nothing.invalid/{status}")

    with pytest.raises(kind, match=rf"through the proxy http://{address}; no_proxy") as caught:
        model.ingest()

    assert str(status) in str(caught.value)
    assert "secret" not in str(caught.value)
    assert asked == [f"http://nothing.invalid/{status}"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_does_not_answer_is_named(
    model: IngestedModel, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    (port,) = free_ports(1)
    monkeypatch.setenv("all_proxy", f"http://127.0.0.1:{port}")
    model.settings = model.settings.model_copy(update={"first_connection_seconds": 0.0})
    model.take_from(f"{scheme}://nothing.invalid/good")

    with pytest.raises(Unavailable, match=f"through the proxy http://127.0.0.1:{port}"):
        model.ingest()


def test_a_failure_without_a_proxy_names_none(model: IngestedModel, web: str) -> None:
    model.take_from(f"{web}/status/503")

    with pytest.raises(Unavailable, match="answers 503") as caught:
        model.ingest()

    assert "proxy" not in str(caught.value)
