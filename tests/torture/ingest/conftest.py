"""The fixtures of the integration tests."""

from tests.integration.conftest import postgres, servers
from tests.integration.ingest.conftest import bench, make_bench, mortal, unborn

__all__ = ["bench", "make_bench", "mortal", "postgres", "servers", "unborn"]
