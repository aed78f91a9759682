"""The image's preparation, on a real PostgreSQL and object store, and the server that follows."""

import asyncio
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import psutil
import psycopg2
import pytest
from psycopg2 import sql
from pydantic import SecretStr
from tests.some import some
from tools.checkout import ROOT

from rookery_api.registry.tracking_client import TrackingClient
from rookery_core.errors import Unavailable
from rookery_core.object_store import s3_client
from rookery_core.settings import PostgresSettings, TrackingSettings
from rookery_local.folder.home import Home
from rookery_local.process.child_process import Process
from rookery_local.process.environment import child_environment
from rookery_local.process.ports import free_ports
from rookery_local.servers.object_store import PROBE, ObjectStore
from rookery_local.servers.postgres import Postgres
from rookery_mlflow.ready import ask
from rookery_mlflow.settings import USERS

DATABASE = "mlflow_pod"
API = "/api/2.0/mlflow"

Environment = dict[str, str]


def execute(settings: PostgresSettings, database: str, statement: str | sql.Composed) -> None:
    connection = psycopg2.connect(
        host=settings.host,
        port=settings.port,
        user=settings.user,
        password=settings.password.get_secret_value(),
        dbname=database,
    )
    try:
        connection.autocommit = True
        connection.cursor().execute(statement)
    finally:
        connection.close()


def plugin(folder: Path) -> Path:
    """Builds the wheel by which the image's MLflow finds our repository of artifacts."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT / "services/mlflow/plugin", check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def environment(servers: Home, postgres: Postgres, object_store: ObjectStore) -> Environment:
    """What the chart gives to both containers, for a database that is still empty."""
    execute(postgres.admin, "postgres", f"CREATE DATABASE {DATABASE} OWNER mlflow")
    role, store = postgres.settings("mlflow"), object_store.settings
    assert store.endpoint_url is not None
    assert store.access_key is not None
    assert store.secret_key is not None
    folder = servers.part("mlflow-image")
    folder.mkdir()
    auth = folder / "auth.ini"
    uri = f"postgresql+psycopg2://mlflow@{role.host}:{role.port}/{DATABASE}?sslmode=prefer"
    auth.write_text(
        f"[mlflow]\ndefault_permission = READ\ndatabase_uri = {uri}\nadmin_username = admin\n"
    )
    return child_environment(
        servers.temporary,
        {
            **servers.mark,
            "PYTHONPATH": str(plugin(folder)),
            "MLFLOW_BACKEND_STORE_URI": uri,
            "PGPASSWORD": role.password.get_secret_value(),
            "MLFLOW_ARTIFACTS_DESTINATION": f"s3://{object_store.bucket}",
            "MLFLOW_S3_ENDPOINT_URL": store.endpoint_url,
            "AWS_ACCESS_KEY_ID": store.access_key.get_secret_value(),
            "AWS_SECRET_ACCESS_KEY": store.secret_key.get_secret_value(),
            "AWS_DEFAULT_REGION": store.region,
            "MLFLOW_AUTH_CONFIG_PATH": str(auth),
            "ROOKERY_WAIT_SECONDS": "400",
            "MLFLOW_FLASK_SERVER_SECRET_KEY": secrets.token_hex(12),
            **{f"ROOKERY_USER_{user.upper()}_PASSWORD": secrets.token_hex(12) for user in USERS},
        },
    )


def start(environment: Mapping[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "rookery_mlflow", "prepare"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, cwd="/")


def prepare(environment: Mapping[str, str]) -> tuple[int, str]:
    with start(environment) as process:
        said = process.communicate()[1]
    return process.returncode, said


@pytest.fixture(scope="module")
def prepared(environment: Environment) -> Environment:
    """Two pods have prepared the empty database at once."""
    with start(environment) as one, start(environment) as other:
        said = [process.communicate()[1] for process in (one, other)]
    assert (one.returncode, other.returncode) == (0, 0), said
    return environment


@pytest.fixture(scope="module")
def server(prepared: Environment, servers: Home) -> Iterator[int]:
    """The port of MLflow with authentication, as the pod starts it."""
    port = free_ports(1)[0]
    process = Process(
        "mlflow-image",
        [
            *(sys.executable, "-m", "mlflow", "server", "--app-name=basic-auth"),
            *("--host=127.0.0.1", f"--port={port}", "--workers=1", "--serve-artifacts"),
        ],
        environment={
            **{key: value for key, value in prepared.items() if not key.startswith("ROOKERY_USER")},
            "MLFLOW_FLASK_SERVER_SECRET_KEY": secrets.token_hex(16),
            "MLFLOW_SERVER_ALLOWED_HOSTS": "mlflow:*,127.0.0.1:*",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        },
        directory=servers.part("mlflow-image"),
        log=servers.log("mlflow-image"),
    )
    try:
        process.start()
        process.wait_ready(lambda: ready(probe(prepared, "api"), port), 180)
        yield port
    finally:
        process.stop()


def probe(environment: Environment, user: str) -> Environment:
    password = environment[f"ROOKERY_USER_{user.upper()}_PASSWORD"]
    return {"MLFLOW_TRACKING_USERNAME": user, "MLFLOW_TRACKING_PASSWORD": password}


def ready(environment: Environment, port: int) -> bool:
    try:
        ask(environment, port)
    except Unavailable:
        return False
    return True


def client(environment: Environment, user: str, port: int) -> httpx.Client:
    password = environment[f"ROOKERY_USER_{user.upper()}_PASSWORD"]
    url = f"http://127.0.0.1:{port}"
    return httpx.Client(base_url=url, auth=(user, password), trust_env=False, timeout=30)


@pytest.fixture(scope="module")
def run(prepared: Environment, server: int) -> dict[str, str]:
    """A run of the trainer, in an experiment of its own."""
    with client(prepared, "trainer", server) as trainer:
        made = trainer.post(f"{API}/experiments/create", json={"name": "species"}).json()
        begun = trainer.post(f"{API}/runs/create", json={**made, "start_time": 1})
        begun.raise_for_status()
    info: dict[str, str] = begun.json()["run"]["info"]
    return info


def test_the_bucket_is_there(prepared: Environment, object_store: ObjectStore) -> None:
    found = s3_client(object_store.settings, PROBE).list_buckets()["Buckets"]

    assert object_store.bucket in {each["Name"] for each in found}


def test_probe_without_credentials_is_not_ready(server: int) -> None:
    assert not ready({}, server)


def test_a_model_that_was_never_trained_has_no_champion(prepared: Environment, server: int) -> None:
    password = SecretStr(prepared["ROOKERY_USER_API_PASSWORD"])
    url = f"http://127.0.0.1:{server}"
    settings = TrackingSettings(url=url, username="api", password=password)

    async def found() -> tuple[object, object]:
        registry = TrackingClient(settings, 30)
        try:
            return await registry.champion("unheard"), await registry.history("unheard")
        finally:
            await registry.aclose()

    assert asyncio.run(found()) == (None, ({}, []))


def test_api_reads_and_can_promote_nothing(
    prepared: Environment, server: int, run: dict[str, str]
) -> None:
    source = f"{run['artifact_uri']}/model"
    version = {"name": "species", "source": source, "run_id": run["run_id"]}
    with client(prepared, "trainer", server) as trainer:
        trainer.post(f"{API}/registered-models/create", json={"name": "species"}).raise_for_status()
        trainer.post(f"{API}/model-versions/create", json=version).raise_for_status()
    alias = {"name": "species", "alias": "champion", "version": "1"}

    with client(prepared, "api", server) as api:
        read = api.get(f"{API}/registered-models/get", params={"name": "species"})
        promoted = api.post(f"{API}/registered-models/alias", json=alias)
        removed = api.request("DELETE", f"{API}/registered-models/delete", json=alias)

    assert read.status_code == httpx.codes.OK
    assert promoted.status_code == removed.status_code == httpx.codes.FORBIDDEN
    with client(prepared, "trainer", server) as trainer:
        trainer.post(f"{API}/registered-models/alias", json=alias).raise_for_status()


def test_api_writes_no_artifact(prepared: Environment, server: int, run: dict[str, str]) -> None:
    path = run["artifact_uri"].removeprefix("mlflow-artifacts:")
    url = f"/api/2.0/mlflow-artifacts/artifacts{path}/model/model.onnx"

    with client(prepared, "api", server) as api:
        refused = api.put(url, content=b"eggs")
    with client(prepared, "trainer", server) as trainer:
        written = trainer.put(url, content=b"eggs")

    assert refused.status_code == httpx.codes.FORBIDDEN
    assert written.status_code == httpx.codes.OK, written.text
    with client(prepared, "api", server) as api:
        assert api.get(url).content == b"eggs"


def test_a_client_goes_through_the_server_and_never_to_the_store(
    prepared: Environment, server: int, run: dict[str, str]
) -> None:
    path = run["artifact_uri"].removeprefix("mlflow-artifacts:")
    root, signed = (f"/api/2.0/mlflow-artifacts/{way}{path}" for way in ("artifacts", "presigned"))

    with client(prepared, "trainer", server) as trainer:
        trainer.put(f"{root}/folder/model.onnx", content=b"eggs").raise_for_status()
        told = trainer.get("/api/3.0/mlflow/server-info").json()
        refused = trainer.get(f"{signed}/folder/model.onnx")
        listed = trainer.get(f"{API}/artifacts/list", params={**run_of(run), "path": "folder"})
        trainer.delete(f"{root}/folder/model.onnx").raise_for_status()
        gone = trainer.get(f"{root}/folder/model.onnx")

    assert told["multipart_downloads_enabled"] is told["multipart_uploads_enabled"] is False
    assert refused.status_code == httpx.codes.NOT_IMPLEMENTED
    assert [each["path"] for each in listed.json()["files"]] == ["folder/model.onnx"]
    assert gone.is_error


def run_of(run: dict[str, str]) -> dict[str, str]:
    """The run as a request names it."""
    return {"run_id": run["run_id"]}


def test_notebook_logs_runs_in_an_experiment_of_the_trainer(
    prepared: Environment, server: int, run: dict[str, str]
) -> None:
    experiment = {"experiment_id": run["experiment_id"]}
    begin = {**experiment, "start_time": 1}

    with client(prepared, "notebook", server) as notebook:
        logged = notebook.post(f"{API}/runs/create", json=begin)
        removed = notebook.post(f"{API}/experiments/delete", json=experiment)
    with client(prepared, "api", server) as api:
        refused = api.post(f"{API}/runs/create", json=begin)

    assert logged.status_code == httpx.codes.OK, logged.text
    assert removed.status_code == refused.status_code == httpx.codes.FORBIDDEN


def test_a_changed_password_holds_from_the_next_start(prepared: Environment) -> None:
    again = {**prepared, "ROOKERY_USER_API_PASSWORD": secrets.token_hex(12)}

    assert prepare(again)[0] == 0
    assert prepare(prepared)[0] == 0


def test_a_password_that_mlflow_refuses_is_named(prepared: Environment) -> None:
    code, said = prepare({**prepared, "ROOKERY_USER_API_PASSWORD": "short"})

    assert code == 1
    assert "user 'api': Password must be at least 12 characters" in said
    assert "Traceback" not in said


def test_a_wrong_key_of_the_store_is_no_reason_to_wait(environment: Environment) -> None:
    code, said = prepare({**environment, "AWS_SECRET_ACCESS_KEY": secrets.token_hex(20)})

    assert code == 1
    assert "check the Secret of global.s3" in said


def test_what_is_missing_is_named_when_the_time_is_up(environment: Environment) -> None:
    code, said = prepare({**environment, "PGPASSWORD": "another", "ROOKERY_WAIT_SECONDS": "1"})

    assert code == 1
    assert "is not ready for role 'mlflow' after" in said
    assert "password authentication failed" in said


def test_no_password_is_on_a_command_line(environment: Environment) -> None:
    given = some(value for name, value in environment.items() if "PASSWORD" in name)

    with start({**environment, "ROOKERY_WAIT_SECONDS": "60"}) as process:
        seen = command_lines(process)

    assert process.returncode == 0
    assert seen
    assert not any(secret in line for secret in given for line in seen)


def command_lines(process: subprocess.Popen[str]) -> set[str]:
    """The command lines of the process and what it starts, until it ends."""
    seen: set[str] = set()
    while process.poll() is None:
        try:
            tree = [psutil.Process(process.pid)]
            tree += tree[0].children(recursive=True)
            seen |= {" ".join(each.cmdline()) for each in tree}
        except psutil.NoSuchProcess:
            continue
    return seen
