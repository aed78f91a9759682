"""The cluster that a kind configuration describes."""

from pathlib import Path

import pytest

from rookery_core.errors import Refused
from rookery_local.kind.kind_cluster import kind_cluster

CHECKOUT = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize(
    ("file", "name"), [("kind-config.yaml", "rookery"), ("kind-config-ha.yaml", "rookery-ha")]
)
def test_name_context_and_address_come_from_the_configuration(file: str, name: str) -> None:
    cluster = kind_cluster(CHECKOUT / file)

    assert cluster.name == name
    assert cluster.context == f"kind-{name}"
    assert cluster.url == "http://127.0.0.1:8080"


def test_a_folder_that_is_no_checkout_is_reported_as_such(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="in the folder of Rookery's checkout"):
        kind_cluster(tmp_path / "kind-config.yaml")


def test_a_cluster_without_a_port_for_the_ingress_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "kind-config.yaml"
    config.write_text("kind: Cluster\nnodes: [{role: control-plane}]\n")

    with pytest.raises(Refused, match="maps no port"):
        kind_cluster(config)
