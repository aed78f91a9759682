"""Workbenches on the run's PostgreSQL."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from tests.integration.ingest.workbench import Make, Workbench

from rookery_core.databases import LOGIN_ROLES
from rookery_ingest.bootstrap import bootstrap
from rookery_local.process.ports import free_ports
from rookery_local.servers.postgres import Postgres


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


@pytest.fixture
def unborn(tmp_path: Path) -> Iterator[Postgres]:
    """A PostgreSQL server of this test's own, not started and without anything in it."""
    server = Postgres(
        tmp_path / "postgres",
        free_ports(1)[0],
        password=SecretStr(secrets.token_urlsafe(24)),
        roles={role: SecretStr(secrets.token_urlsafe(24)) for role in LOGIN_ROLES},
        log=tmp_path / "postgres.log",
    )
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def mortal(unborn: Postgres) -> Postgres:
    """A PostgreSQL server of this test's own, to be killed."""
    unborn.start()
    bootstrap(unborn.admin, {role: unborn.settings(role).password for role in LOGIN_ROLES})
    return unborn
