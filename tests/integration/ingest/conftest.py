"""Fixtures of ingest's tests: models, and servers of PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.ingest.support.ingested_model import IngestedModel, MakeModel
from tests.integration.ingest.support.own_postgres import stopped_afterwards

from rookery_core.database.names import LOGIN_ROLES
from rookery_ingest.bootstrap.bootstrap import bootstrap
from rookery_local.servers.postgres import Postgres


@pytest.fixture
def make_model(postgres: Postgres, tmp_path: Path) -> MakeModel:
    """Makes models, each with a name and a folder of its own."""

    def make(**changes: Any) -> IngestedModel:
        folder = tmp_path / f"model{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return IngestedModel(postgres.settings("ingest"), folder, **changes)

    return make


@pytest.fixture
def model(make_model: MakeModel) -> IngestedModel:
    """A model with the columns of the penguins."""
    return make_model()


@pytest.fixture
def unstarted_postgres(tmp_path: Path) -> Iterator[Postgres]:
    """A PostgreSQL server of this test's own, not started and empty."""
    with stopped_afterwards(tmp_path) as server:
        yield server


@pytest.fixture
def own_postgres(unstarted_postgres: Postgres) -> Postgres:
    """A PostgreSQL server of this test's own, to be killed."""
    unstarted_postgres.start()
    bootstrap(
        unstarted_postgres.admin,
        {role: unstarted_postgres.settings(role).password for role in LOGIN_ROLES},
    )
    return unstarted_postgres
