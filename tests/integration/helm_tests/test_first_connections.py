"""The programs of `helm test` are new pods, too: what refuses them at first is asked again."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.integration.ingest.support.ingested_model import IngestedModel, table
from tests.late import late, outlasted
from tools.checkout import ROOT

from rookery_core.database.names import LOGIN_ROLES
from rookery_local.process.settings_environment import environment_of
from rookery_local.servers.object_store import ObjectStore
from rookery_local.servers.postgres import Postgres
from rookery_local.servers.tracking_server import TrackingServer

PROGRAMS = ROOT / "charts" / "rookery" / "files" / "tests"


def started(
    program: str, *arguments: str, environment: Mapping[str, str]
) -> "subprocess.Popen[str]":
    """The program, as its pod starts it."""
    return subprocess.Popen(
        [sys.executable, str(PROGRAMS / f"{program}.py"), *arguments],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_rights_are_looked_at_though_postgresql_refuses_at_first(
    postgres: Postgres, tmp_path: Path
) -> None:
    # The tables whose rights are looked at.
    IngestedModel(postgres.settings("ingest"), tmp_path).ingest(table(good=20))
    passwords = {role: postgres.settings(role).password for role in LOGIN_ROLES}
    with late(postgres.admin.port) as refusing:
        environment = {
            "ROOKERY_POSTGRES_HOST": "127.0.0.1",
            "ROOKERY_POSTGRES_PORT": str(refusing.port),
            **{
                f"ROOKERY_ROLE_{role.upper()}_PASSWORD": password.get_secret_value()
                for role, password in passwords.items()
            },
        }

        code, events = outlasted(started("rights", environment=environment), refusing)

    assert code == 0, events


def test_an_object_is_kept_though_the_store_refuses_at_first(object_store: ObjectStore) -> None:
    store = object_store.settings
    assert store.endpoint_url is not None
    with late(int(store.endpoint_url.rpartition(":")[2])) as refusing:
        here = store.model_copy(update={"endpoint_url": f"http://127.0.0.1:{refusing.port}"})
        process = started("object_store", object_store.bucket, environment=environment_of(here))

        code, events = outlasted(process, refusing)

    assert code == 0, events


def test_mlflow_is_asked_though_it_refuses_at_first(tracking: TrackingServer) -> None:
    with late(tracking.port) as refusing:
        here = {"ROOKERY_MLFLOW_URL": f"http://127.0.0.1:{refusing.port}"}

        code, events = outlasted(started("tracking", environment=here), refusing)

    assert code == 0, events
