"""Problems that a connection itself answers: pages of other origins can read them too."""

import socket
from contextlib import closing

import pytest
from tests.integration.api.support.fixture_types import StartApi
from tests.integration.api.support.sockets import read_to_end
from tools.harness.api_process import ApiProcess

ORIGIN = "https://shop.example.org"
HOST = f"Host: localhost\r\nOrigin: {ORIGIN}\r\n"
HEADS = {
    "malformed": f"GET / HTTP/1.1\r\n{HOST}no field\r\n\r\n",
    "too large": f"GET / HTTP/1.1\r\n{HOST}X: {'x' * 40_000}\r\n\r\n",
    "too slow": f"GET / HTTP/1.1\r\n{HOST}",
}


@pytest.fixture(scope="module")
def listing(start_api: StartApi) -> ApiProcess:
    """An API that lists an origin."""
    return start_api(allowed_origins=f'["{ORIGIN}"]', receive_seconds=0.5)


@pytest.fixture(scope="module")
def closed(start_api: StartApi) -> ApiProcess:
    """An API that lists none."""
    return start_api(receive_seconds=0.5)


def answered(port: int, head: str) -> bytes:
    """Returns all that the port answers, without what HTTP calls the case of a name."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection:
        connection.sendall(head.encode())
        return read_to_end(connection).lower()


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_request_that_is_cut_is_told_to_pages_where_some_may_call(
    listing: ApiProcess, closed: ApiProcess, head: str
) -> None:
    told, untold = answered(listing.port, head), answered(closed.port, head)

    assert told.startswith(b"http/1.1 4")
    assert b"\r\naccess-control-allow-origin: *\r\n" in told
    assert untold.startswith(b"http/1.1 4")
    assert b"access-control" not in untold


def test_a_connection_too_many_is_told_to_pages_with_when_to_come_again(
    start_api: StartApi,
) -> None:
    api = start_api(allowed_origins=f'["{ORIGIN}"]', max_connections=1)
    api.client.close()

    with closing(socket.create_connection(("127.0.0.1", api.port), timeout=20)) as first:
        first.sendall(f"GET / HTTP/1.1\r\n{HOST}".encode())
        told = answered(api.port, f"GET /livez HTTP/1.1\r\n{HOST}\r\n")

    assert told.startswith(b"http/1.1 503")
    assert b"\r\nretry-after: " in told
    assert b"\r\naccess-control-allow-origin: *\r\n" in told
    assert b"retry-after" in told.split(b"access-control-expose-headers: ", 1)[1]
