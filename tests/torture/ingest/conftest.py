"""The fixtures of the integration tests."""

from tests.integration.conftest import postgres, servers
from tests.integration.ingest.conftest import make_model, model, own_postgres, unstarted_postgres

__all__ = ["make_model", "model", "own_postgres", "postgres", "servers", "unstarted_postgres"]
