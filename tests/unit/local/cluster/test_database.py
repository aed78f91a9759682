"""Which login reads the database of a cluster."""

import pytest
from tests.unit.local.support.kubernetes_api import APPS, CORE, ApiServer
from tests.unit.local.support.kubernetes_objects import deployment, secret

from rookery_core.errors import Unavailable
from rookery_local.cluster.database import notebook_database
from rookery_local.cluster.namespace import Namespace, NotThere

KEYS = {"POSTGRES_PASSWORD": ("postgresql", "postgres")}


def test_a_release_with_a_server_of_ones_own_is_told_what_to_ask_it(namespace: Namespace) -> None:
    with (
        pytest.raises(NotThere, match=r"read yours: table processed\.quarantine"),
        notebook_database(namespace),
    ):
        pass


def test_the_role_that_reads_is_used_and_no_administrator(
    server: ApiServer, namespace: Namespace
) -> None:
    server.put(f"{APPS}/deployments", deployment("postgresql", KEYS))
    server.put(f"{CORE}/secrets", secret("postgresql", postgres="all", mlflow="other"))

    with (
        pytest.raises(NotThere, match=r"Secret 'postgresql' .* has no key 'notebook'"),
        notebook_database(namespace),
    ):
        pass


def test_without_a_ready_pod_it_says_so(server: ApiServer, namespace: Namespace) -> None:
    server.put(f"{APPS}/deployments", deployment("postgresql", KEYS))
    server.put(f"{CORE}/secrets", secret("postgresql", postgres="all", notebook="mine"))
    ports = [{"name": "postgresql", "port": 5432, "targetPort": "postgresql"}]
    service = {"metadata": {"name": "postgresql"}, "spec": {"ports": ports, "selector": {"a": "b"}}}
    server.put(f"{CORE}/services", service)

    with (
        pytest.raises(Unavailable, match="no pod of Service 'postgresql' is ready"),
        notebook_database(namespace),
    ):
        pass
