"""Finding the port of a Service, and passing on what comes."""

import socket
import threading
from typing import Any

import pytest

from rookery_local.cluster.forward import is_ready, port_number, pump

POD: dict[str, Any] = {
    "metadata": {"name": "minio-1"},
    "spec": {
        "containers": [
            {"ports": [{"name": "s3", "containerPort": 9000}, {"containerPort": 7}]},
            {"name": "without"},
        ]
    },
    "status": {"conditions": [{"type": "Ready", "status": "True"}]},
}


@pytest.mark.parametrize("target", ["s3", 9000])
def test_a_target_port_is_a_number_or_the_name_of_a_port_of_the_pod(target: int | str) -> None:
    assert port_number(POD, target) == 9000


def test_a_pod_that_is_being_deleted_takes_no_connection() -> None:
    leaving = {**POD, "metadata": {"name": "minio-1", "deletionTimestamp": "now"}}

    assert is_ready(POD)
    assert not is_ready(leaving)
    assert not is_ready({**POD, "status": {}})


def test_everything_is_passed_on_and_so_is_the_end() -> None:
    outer, entry = socket.socketpair()
    exit_, inner = socket.socketpair()
    thread = threading.Thread(target=pump, args=(entry, exit_))
    thread.start()

    outer.sendall(b"x" * 100_000)
    outer.shutdown(socket.SHUT_WR)
    with inner.makefile("rb") as stream:
        received = stream.read()

    thread.join(timeout=10)
    for each in (outer, entry, exit_, inner):
        each.close()
    assert received == b"x" * 100_000
    assert not thread.is_alive()
