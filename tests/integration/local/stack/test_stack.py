"""A stack in the background: what holds while it is up, and when it ends."""

import json
import stat
from pathlib import Path

import httpx
import psutil
from pydantic import SecretStr
from tests.integration.local.support.command import Rookery
from tests.some import some
from tools.harness.polling import eventually

from rookery_local.folder.home import Home
from rookery_local.process.ports import LOOPBACK
from rookery_local.servers.store_identities import BUCKETS, S3Keys


def runs(process: psutil.Process) -> bool:
    try:
        # One that ended and was not asked for its exit code yet is listed, but runs no more.
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def store_pairs(rookery: Rookery) -> dict[str, set[str]]:
    """Returns by user its two keys to the object store."""
    document = json.loads(rookery.home.credentials.read_text())
    first = S3Keys(SecretStr(document["s3_access_key"]), SecretStr(document["s3_secret_key"]))
    return {
        user: {keys.access_key.get_secret_value(), keys.secret_key.get_secret_value()}
        for user, keys in {"all": first, **{user: first.of(user) for user in BUCKETS}}.items()
    }


def secrets_of(rookery: Rookery) -> set[str]:
    document = json.loads(rookery.home.credentials.read_text())
    stored = {*document.pop("roles").values(), *document.values()}
    return stored.union(*store_pairs(rookery).values())


def test_another_table_goes_from_file_to_prediction_without_code(rookery: Rookery) -> None:
    assert "loaded 178" in rookery.run("ingest", "wine")
    assert "promoted" in rookery.run("train", "wine")

    printed = rookery.run("predict", "wine", "alcohol=14.2", "proline=1065")

    command, answer = printed.splitlines()
    assert command.startswith(f"$ curl -s {rookery.api_url}/predict/wine ")
    assert '"alcohol": 14.2' in command
    assert json.loads(answer)["class"] in {"class_0", "class_1", "class_2"}
    assert json.loads(answer)["model"]["version"] == "1"


def test_status_shows_every_part_and_model(rookery: Rookery) -> None:
    printed = rookery.run("status")

    assert all(part in printed for part in ("postgres", "object-store", "mlflow", "api"))
    assert "does not answer" not in printed
    assert all(model in printed for model in ("sex", "species", "wine"))
    assert f"{rookery.management_url}/metrics" in printed


def test_metrics_and_health_answer_on_their_own_port_alone(rookery: Rookery) -> None:
    for path in ("/metrics", "/healthz"):
        told = httpx.get(f"{rookery.management_url}{path}", trust_env=False)
        asked = httpx.get(f"{rookery.api_url}{path}", trust_env=False)
        assert (told.status_code, asked.status_code) == (200, 404)


def test_errors_have_a_remedy(rookery: Rookery) -> None:
    assert "no spec is named 'beer'" in rookery.run("ingest", "beer", expect=42)
    assert "'colour' is no feature" in rookery.run("predict", "wine", "colour=3", expect=42)
    assert "hue is given twice" in rookery.run("predict", "wine", "hue=1", "hue=2", expect=42)
    assert "the API has no model 'beer'; it has " in rookery.run("predict", "beer", expect=42)
    assert "run its trainer" in rookery.run("predict", "species", expect=1)
    assert "there is no log 'web'" in rookery.run("logs", "web", expect=42)


def test_a_second_stack_of_the_folder_is_refused(rookery: Rookery) -> None:
    printed = rookery.run("up", expect=42)

    assert f"a stack is already up in {rookery.home.root}" in printed
    assert "rookery down" in printed
    assert rookery.run("status")


def test_a_port_that_is_taken_is_refused_and_nothing_is_started(
    rookery: Rookery, tmp_path: Path
) -> None:
    other = Rookery(Home(tmp_path / "state"), ports=rookery.ports)

    printed = other.run("up", expect=42)

    assert f"port {rookery.ports[0]}, wanted for the API, is in use" in printed
    assert other.is_gone


def test_every_socket_listens_on_loopback_and_every_peer_is_there(rookery: Rookery) -> None:
    connections = [
        connection
        for process in rookery.processes
        for connection in process.net_connections(kind="inet")
    ]

    listening = {each.laddr.ip for each in connections if each.status == psutil.CONN_LISTEN}
    peers = {each.raddr.ip for each in connections if each.status == psutil.CONN_ESTABLISHED}
    assert listening == {LOOPBACK}
    assert peers == {LOOPBACK}


def test_the_api_works_in_an_empty_folder(rookery: Rookery) -> None:
    (api,) = (p for p in psutil.process_iter() if _serves(p, rookery))

    folder = Path(api.cwd())
    assert folder.is_relative_to(rookery.home.root)
    assert list(folder.iterdir()) == []


def _serves(process: psutil.Process, rookery: Rookery) -> bool:
    try:
        mine = str(rookery.home.root) in process.environ().get("ROOKERY_API_CACHE_DIRECTORY", "")
        return mine and process.cmdline()[1:] == ["-m", "rookery_api"]
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return False


def test_no_secret_is_in_an_argument_or_a_log(rookery: Rookery) -> None:
    secrets = secrets_of(rookery)
    said = [argument for process in rookery.processes for argument in process.cmdline()]
    said += [path.read_text(errors="replace") for path in some(rookery.home.logs.iterdir())]

    assert len(secrets) == 13
    assert not [text for text in said if any(secret in text for secret in secrets)]


def test_each_part_has_its_own_secrets_only(rookery: Rookery) -> None:
    roles = json.loads(rookery.home.credentials.read_text())["roles"]
    allowed = {
        "postgres": set[str](),
        # It reads the pairs of all from a file that is closed to others.
        "object-store": set[str](),
        "mlflow": {roles["mlflow"], *store_pairs(rookery)["mlflow"]},
        "api": set[str](),
    }

    for part, secrets in allowed.items():
        known = set(rookery.part(part).environ().values())
        assert known & secrets_of(rookery) == secrets, part


def test_secrets_are_closed_to_others(rookery: Rookery) -> None:
    mode = stat.S_IMODE(rookery.home.credentials.stat().st_mode)

    assert mode == 0o600


def test_a_part_that_dies_stops_the_stack_and_is_reported(rookery: Rookery) -> None:
    rookery.part("object-store").kill()

    eventually(lambda: rookery.is_gone)
    printed = rookery.run("status", expect=3)
    assert "object-store was killed by SIGKILL; its log" in printed
    for command in ("ingest", "predict", "quarantine"):
        printed = rookery.run(command, "wine", expect=42)
        assert "no stack is up" in printed
        assert "The last one ended by itself: object-store was killed by SIGKILL" in printed
    # Nor does what a killed part leaves behind stop the next start.
    rookery.run("up")
    assert "does not answer" not in rookery.run("status")


def test_nothing_outlives_a_supervisor_that_is_killed(rookery: Rookery) -> None:
    processes = rookery.processes

    rookery.supervisor.kill()

    eventually(lambda: rookery.is_gone)
    assert not [each for each in processes if runs(each)]
    assert "nothing was up" in rookery.run("down")
