"""The fixtures of the integration tests: the same servers, bundles and processes."""

from tests.integration.api.conftest import client, flock, new_model, specs, start_api
from tests.integration.conftest import object_store, postgres, servers, tracking

__all__ = [
    "client",
    "flock",
    "new_model",
    "object_store",
    "postgres",
    "servers",
    "specs",
    "start_api",
    "tracking",
]
