"""The real servers and the desk of the integration tests."""

from tests.integration.conftest import object_store, postgres, servers, tracking
from tests.integration.trainer.conftest import desk, mlflow_client

__all__ = ["desk", "mlflow_client", "object_store", "postgres", "servers", "tracking"]
