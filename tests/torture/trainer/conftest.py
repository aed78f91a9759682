"""The real servers and the desk of the integration tests."""

from tests.integration.conftest import object_store, postgres, servers, tracking
from tests.integration.trainer.conftest import desk, field, first, mlflow_client, undisturbed

__all__ = [
    "desk",
    "field",
    "first",
    "mlflow_client",
    "object_store",
    "postgres",
    "servers",
    "tracking",
    "undisturbed",
]
