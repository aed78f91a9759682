"""The real servers and the fixtures of the integration tests."""

from tests.integration.conftest import object_store, postgres, servers, tracking
from tests.integration.trainer.conftest import first, mlflow_client, model, sweeps, undisturbed

__all__ = [
    "first",
    "mlflow_client",
    "model",
    "object_store",
    "postgres",
    "servers",
    "sweeps",
    "tracking",
    "undisturbed",
]
