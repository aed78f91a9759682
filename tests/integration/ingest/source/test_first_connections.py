"""Where network policies are enforced a new pod is refused for a moment: ingest tries again."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import closing
from threading import Thread

import pytest
from tests.integration.ingest.support.ingested_model import IngestedModel, table
from tests.integration.ingest.support.web_server import web_server
from tests.late import Late, late, outlasted

from rookery_core.errors import Unavailable
from rookery_core.object_store import s3_client
from rookery_local.process.settings_environment import environment_of
from rookery_local.servers.object_store import PROBE, ObjectStore

CONTENT = table(good=5).encode()


@pytest.fixture
def web() -> Iterator[int]:
    """Runs a web server; yields its port."""
    with web_server(CONTENT) as address:
        yield int(address.rpartition(":")[2])


def _run(model: IngestedModel, refusing: Late, **environment: str) -> list[str]:
    """Returns what the program said while it waited, and afterwards."""
    settings = {"ROOKERY_SOURCE_ALLOWED": "127.0.0.1", **environment}
    process = model.start(database_wait=30, environment=settings)
    code, events = outlasted(process, refusing)
    assert code == 0, events
    return [event["event"] for event in events]


def test_a_source_that_refuses_at_first_is_read(model: IngestedModel, web: int) -> None:
    with late(web) as refusing:
        model.take_from(f"http://127.0.0.1:{refusing.port}/good")

        events = _run(model, refusing)

    assert events[0] == "source does not answer, waiting"
    assert len(model.rows()) == 5


def test_where_a_source_redirects_to_may_refuse_at_first(model: IngestedModel, web: int) -> None:
    with late(web) as refusing:
        to = f"http:%2F%2F127.0.0.1:{refusing.port}%2Fgood"
        model.take_from(f"http://127.0.0.1:{web}/to/{to}")

        _run(model, refusing)

    assert len(model.rows()) == 5


@pytest.mark.parametrize("is_reset", [True, False])
def test_a_source_that_hangs_up_at_first_is_read(
    model: IngestedModel, web: int, is_reset: bool
) -> None:
    with HangingUp(web, times=3, is_reset=is_reset) as port:
        model.settings = model.settings.model_copy(update={"first_connection_seconds": 30.0})
        model.take_from(f"http://127.0.0.1:{port}/good")

        assert model.ingest().loaded == 5


def test_an_object_store_that_refuses_at_first_is_read(
    model: IngestedModel, object_store: ObjectStore
) -> None:
    store = object_store.settings
    assert store.endpoint_url is not None
    with closing(s3_client(store, PROBE)) as client:
        client.put_object(Bucket=object_store.bucket, Key="late.csv", Body=CONTENT)
    model.take_from(f"s3://{object_store.bucket}/late.csv")

    with late(int(store.endpoint_url.rpartition(":")[2])) as refusing:
        here = store.model_copy(update={"endpoint_url": f"http://127.0.0.1:{refusing.port}"})

        events = _run(model, refusing, **environment_of(here))

    assert events[0] == "object store does not answer, waiting"
    assert len(model.rows()) == 5


def test_a_database_that_refuses_at_first_is_connected_to(model: IngestedModel) -> None:
    model.write(CONTENT)

    with late(model.role.port) as refusing:
        events = _run(model, refusing, ROOKERY_POSTGRES_PORT=str(refusing.port))

    assert events[0] == "waiting for the database"


def test_what_fails_for_longer_may_be_tried_again_by_another_run(model: IngestedModel) -> None:
    with late(1) as refusing:
        model.take_from(f"http://127.0.0.1:{refusing.port}/good")
        begun = time.monotonic()

        with pytest.raises(Unavailable, match="Connection refused"):
            model.ingest()

    assert time.monotonic() - begun > model.settings.first_connection_seconds


def test_content_that_breaks_off_is_not_asked_for_again(model: IngestedModel) -> None:
    seen: list[tuple[str, str]] = []
    with web_server(table(good=100).encode(), seen) as web:
        model.take_from(f"{web}/half")

        with pytest.raises(Unavailable, match="peer closed connection"):
            model.ingest()

    assert len(seen) == 1


class HangingUp:
    """Opens a port that ends some connections without an answer; later ones lead to `port`."""

    def __init__(self, port: int, *, times: int, is_reset: bool) -> None:
        self._target = port
        self._times = times
        self._is_reset = is_reset
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._serve)

    def __enter__(self) -> int:
        self._thread.start()
        return int(self._listener.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        for _ in range(self._times):
            taken, _address = self._listener.accept()
            if self._is_reset:
                # Closed with data that nobody waits to be sent: the peer gets a reset.
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            taken.close()
        taken, _address = self._listener.accept()
        with taken, socket.create_connection(("127.0.0.1", self._target)) as upstream:
            upstream.sendall(taken.recv(65536))
            while part := upstream.recv(65536):
                taken.sendall(part)
                if CONTENT in part or part.endswith(CONTENT[-20:]):
                    break
