"""The choice of a stack's ports."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from rookery_core.errors import Refused
from rookery_local.process.ports import LOOPBACK, free_ports
from rookery_local.servers.object_store import PORTS
from rookery_local.stack import addresses
from rookery_local.stack.addresses import RequestedPorts

ANY = RequestedPorts()


@pytest.fixture
def busy() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def test_free_ports_differ() -> None:
    assert len(set(free_ports(50))) == 50


def test_a_requested_port_that_is_in_use_is_refused_with_the_remedy(busy: int) -> None:
    with pytest.raises(Refused, match=rf"port {busy}, wanted for the API, .*--api-port"):
        addresses.choose(None, RequestedPorts(api=busy), None)

    with pytest.raises(Refused, match=rf"port {busy}, wanted for .*--management-port"):
        addresses.choose(None, RequestedPorts(management=busy), None)

    with pytest.raises(Refused, match=rf"port {busy}, wanted for MLflow, .*--mlflow-port"):
        addresses.choose(None, RequestedPorts(mlflow=busy), None)


def test_a_requested_port_is_chosen() -> None:
    (port,) = free_ports(1)

    assert addresses.choose(None, RequestedPorts(api=port), None).api == port


def test_the_next_start_chooses_the_same_ports() -> None:
    last = addresses.choose(None, ANY, None)

    assert addresses.choose(last, ANY, None) == last


def test_a_port_of_the_last_start_that_is_in_use_is_replaced(busy: int) -> None:
    last = addresses.choose(None, ANY, None)
    store = (busy, *last.object_store[1:])

    chosen = addresses.choose(
        last.model_copy(update={"postgres": busy, "object_store": store}), ANY, None
    )

    assert chosen.postgres != busy
    assert busy not in chosen.object_store
    assert chosen.api == last.api


def test_ports_that_are_to_be_avoided_are_not_chosen_though_they_are_free() -> None:
    last = addresses.choose(None, ANY, None)

    chosen = addresses.choose(last, ANY, None, last.ports)

    assert len(last.ports) == len(chosen.ports) == 4 + PORTS
    assert not chosen.ports & last.ports


def test_a_requested_port_is_chosen_though_it_is_to_be_avoided() -> None:
    (port,) = free_ports(1)

    assert addresses.choose(None, RequestedPorts(api=port), None, {port}).api == port


@pytest.mark.parametrize(
    "requested",
    [
        ANY,
        RequestedPorts(api=addresses.MLFLOW_PORT),
        RequestedPorts(api=addresses.MANAGEMENT_PORT),
        RequestedPorts(mlflow=addresses.API_PORT),
        RequestedPorts(management=addresses.API_PORT, mlflow=addresses.MANAGEMENT_PORT),
    ],
)
def test_no_port_is_given_twice(requested: RequestedPorts, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever else runs on this machine.
    monkeypatch.setattr(addresses, "is_free", lambda _: True)
    monkeypatch.setattr(addresses, "require_free", lambda port, *_: port)
    last = addresses.choose(None, ANY, None)

    for chosen in (addresses.choose(each, requested, None) for each in (None, last)):
        ports = [chosen.api, chosen.management, chosen.mlflow, chosen.postgres]
        assert len({*ports, *chosen.object_store}) == 4 + PORTS


def test_a_port_that_is_requested_for_two_parts_is_refused() -> None:
    (port,) = free_ports(1)

    with pytest.raises(Refused, match=rf"port {port} is wanted twice.*--mlflow-port"):
        addresses.choose(None, RequestedPorts(api=port, mlflow=port), None)


def test_metrics_and_health_get_their_usual_port_if_it_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(addresses, "is_free", lambda _: True)

    assert addresses.choose(None, ANY, None).management == 9464
    monkeypatch.setattr(addresses, "is_free", lambda port: port != 9464)
    assert addresses.choose(None, ANY, None).management != 9464


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    chosen = addresses.choose(None, ANY, Path("specs"))

    addresses.save(tmp_path / "addresses.json", chosen)

    assert addresses.load(tmp_path / "addresses.json") == chosen
    assert chosen.specs == str(Path("specs").absolute())


def test_addresses_of_another_version_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "addresses.json").write_text('{"web": 1}')

    assert addresses.load(tmp_path / "addresses.json") is None
    assert addresses.load(tmp_path / "absent.json") is None
