"""Workbenches on the run's PostgreSQL."""

from pathlib import Path
from typing import Any

import pytest
from tests.integration.ingest.workbench import Make, Workbench

from rookery_local.postgres import Postgres


@pytest.fixture
def make_bench(postgres: Postgres, tmp_path: Path) -> Make:
    """Makes workbenches, each with a model and a folder of its own."""

    def make(**changes: Any) -> Workbench:
        folder = tmp_path / f"bench{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return Workbench(postgres.settings("ingest"), folder, **changes)

    return make


@pytest.fixture
def bench(make_bench: Make) -> Workbench:
    """A workbench with the columns of the penguins."""
    return make_bench()
