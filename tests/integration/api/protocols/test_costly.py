"""No request within the limits holds the event loop for long, and no error says much."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.integration.api.support.sockets import read_to_end
from tools.harness.costly.requests import Costly, costly_requests
from tools.harness.costly.watched_api import MODEL, OTHERS, Held, WatchedApi

HELD_MILLISECONDS = 50
ERROR_BYTES = 16 * 1024
ROUNDS = 4
"""A neighbour on the machine may slow one round down; what the code costs, it costs in each."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedApi]:
    """A watched API."""
    with WatchedApi(tmp_path_factory.mktemp("api")) as api:
        yield api


REQUESTS = {request.name: request for request in costly_requests(MODEL)}


def least_held(api: WatchedApi, request: Costly) -> Held:
    """The first round that keeps to the limit, or the best of them."""
    best = api.held(request, 1)
    for _ in range(ROUNDS - 1):
        if best.relative < HELD_MILLISECONDS:
            break
        best = min(best, api.held(request, 1), key=lambda held: held.relative)
    return best


@pytest.mark.parametrize("name", REQUESTS)
def test_costly_request_holds_the_loop_for_less_than_fifty_milliseconds(
    served: WatchedApi, name: str
) -> None:
    request = REQUESTS[name]

    held = least_held(served, request)

    assert held.status == request.status, held.text
    assert held.relative < HELD_MILLISECONDS
    if held.status >= 400:
        assert held.answer_bytes < ERROR_BYTES


MARK = "reflected"
LONG = MARK * 3000
HEADS = {
    "path": f"GET /{LONG} HTTP/1.1\r\nHost: localhost\r\n",
    "path of the protocol": f"GET /v2/{LONG} HTTP/1.1\r\nHost: localhost\r\n",
    "model": f"GET /models/{LONG} HTTP/1.1\r\nHost: localhost\r\n",
    "model to predict": f"POST /predict/{LONG} HTTP/1.1\r\nHost: localhost\r\n",
    "model of the protocol": f"GET /v2/models/{LONG} HTTP/1.1\r\nHost: localhost\r\n",
    "version": f"GET /v2/models/{MODEL}/versions/{LONG} HTTP/1.1\r\nHost: localhost\r\n",
    "file of the page": f"GET /page/{LONG} HTTP/1.1\r\nHost: localhost\r\n",
    "query": f"GET /models/none?{LONG} HTTP/1.1\r\nHost: localhost\r\n",
    "absolute address": f"GET http://localhost/{LONG} HTTP/1.1\r\nHost: localhost\r\n",
    "slash at the end": f"GET /models/?{LONG} HTTP/1.1\r\nHost: localhost\r\n",
    "slashes at the beginning": f"GET //{LONG}/ HTTP/1.1\r\nHost: localhost\r\n",
    "host": f"GET / HTTP/1.1\r\nHost: {LONG}\r\n",
    "method": f"{MARK.upper() * 100} / HTTP/1.1\r\nHost: localhost\r\n",
    "other method": f"DELETE /models?{LONG} HTTP/1.1\r\nHost: localhost\r\n",
    "header": f"GET /none HTTP/1.1\r\nHost: localhost\r\n{LONG}: {MARK}\r\n",
    "header that is none": f"GET /none HTTP/1.1\r\nHost: localhost\r\n{LONG} x\r\n",
    "request id": f"GET /none HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: {LONG}\r\n",
    "origin": f"GET /none HTTP/1.1\r\nHost: localhost\r\nOrigin: http://{LONG}\r\n",
    "media type": f"POST /predict/{MODEL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {LONG}\r\n",
    "coding": f"POST /v2/models/{MODEL}/infer HTTP/1.1\r\nHost: localhost\r\n"
    f"Content-Encoding: {LONG}\r\n",
    "length of the head": f"POST /v2/models/{MODEL}/infer HTTP/1.1\r\nHost: localhost\r\n"
    f"Inference-Header-Content-Length: {LONG}\r\n",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_error_repeats_nothing_of_the_request(served: WatchedApi, head: str) -> None:
    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=10)) as connection:
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode())

        answer = read_to_end(connection)

    assert 400 <= int(answer.split(b" ", 2)[1]) < 500
    assert MARK.encode() not in answer.lower()
    assert len(answer) < ERROR_BYTES


def test_documents_in_parts_are_whole(served: WatchedApi) -> None:
    models = served.client.get("/models")
    plain = {"Accept-Encoding": "identity"}
    document = served.client.get("/openapi.json", headers=plain)

    for answer, path in ((models, "/models"), (document, "/openapi.json")):
        assert int(answer.headers["content-length"]) == len(answer.content)
        assert served.client.head(path).status_code == 200
    names = [card["name"] for card in models.json()["models"]]
    assert names == sorted(names)
    assert len(names) == OTHERS + 3  # the wide model, and the two that ship with Rookery
    card = served.client.get(f"/models/{MODEL}").json()
    assert card["champion"] == models.json()["models"][names.index(MODEL)]["champion"]
    assert {f"/predict/{name}" for name in names} <= set(document.json()["paths"])


def test_large_answer_is_sent_to_callers_of_http_1_0_too(served: WatchedApi) -> None:
    body = REQUESTS["full batch"].body
    head = (
        f"POST /predict/{MODEL} HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )

    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=30)) as connection:
        connection.sendall(head.encode() + body)
        answer = read_to_end(connection)

    assert answer.startswith(b"HTTP/1.1 200")
    assert len(json.loads(answer.partition(b"\r\n\r\n")[2])["predictions"]) == 1000
