"""Which ports a stack takes."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from rookery_core.errors import Refused
from rookery_local import addresses
from rookery_local.object_store import PORTS
from rookery_local.ports import LOOPBACK, free_ports


@pytest.fixture
def busy() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def test_free_ports_differ() -> None:
    assert len(set(free_ports(50))) == 50


def test_a_demanded_port_that_is_taken_is_refused_with_the_remedy(busy: int) -> None:
    with pytest.raises(Refused, match=rf"port {busy}, wanted for the API, .*--api-port"):
        addresses.choose(None, api=busy, mlflow=None, specs=None)

    with pytest.raises(Refused, match=rf"port {busy}, wanted for MLflow, .*--mlflow-port"):
        addresses.choose(None, api=None, mlflow=busy, specs=None)


def test_a_demanded_port_is_taken() -> None:
    (port,) = free_ports(1)

    assert addresses.choose(None, api=port, mlflow=None, specs=None).api == port


def test_the_next_start_takes_the_last_ones_ports() -> None:
    last = addresses.choose(None, None, None, None)

    assert addresses.choose(last, None, None, None) == last


def test_a_last_port_that_is_taken_by_now_is_replaced(busy: int) -> None:
    last = addresses.choose(None, None, None, None)
    store = (busy, *last.object_store[1:])

    chosen = addresses.choose(
        last.model_copy(update={"postgres": busy, "object_store": store}), None, None, None
    )

    assert chosen.postgres != busy
    assert busy not in chosen.object_store
    assert chosen.api == last.api


def test_no_port_is_given_twice() -> None:
    chosen = addresses.choose(None, None, None, None)

    ports = [chosen.api, chosen.mlflow, chosen.postgres, *chosen.object_store]
    assert len(set(ports)) == 3 + PORTS


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    chosen = addresses.choose(None, None, None, Path("specs"))

    addresses.save(tmp_path / "addresses.json", chosen)

    assert addresses.load(tmp_path / "addresses.json") == chosen
    assert chosen.specs == str(Path("specs").absolute())


def test_another_versions_addresses_are_none(tmp_path: Path) -> None:
    (tmp_path / "addresses.json").write_text('{"web": 1}')

    assert addresses.load(tmp_path / "addresses.json") is None
    assert addresses.load(tmp_path / "absent.json") is None
