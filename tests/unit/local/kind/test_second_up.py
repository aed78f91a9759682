"""`up` on a cluster that exists, with small programs in place of docker, kind and helm."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from tests.unit.local.support.kubernetes_api import APPS, BATCH, CORE, NETWORKING, ApiServer
from tests.unit.local.support.kubernetes_objects import deployment, ingress, job, secret
from tests.unit.local.support.prediction_api import ANSWER, HOST, KEY, Api
from tests.unit.local.support.shell_programs import write_program

from rookery_core.errors import Unavailable
from rookery_local.cluster.namespace import RELEASE_KINDS, Namespace
from rookery_local.console.report import ProgressLines
from rookery_local.kind.bring_up import BUILD, bring_up
from rookery_local.kind.kind_cluster import KindCluster

MADE = {"meta.helm.sh/release-name": "rookery"}
ID = f"sha256:{'a' * 64}"
IMAGE = "rookery/api:1.2.3"
PROGRAMS = {
    "docker": f"""case "$1 $2" in
  exec*) printf 'REF TYPE DIGEST\\ndocker.io/{IMAGE} x {ID}\\n' ;;
  "image inspect") if [ "$3" = --format ]; then echo {ID}; fi ;;
esac""",
    "kind": """case "$1 $2" in
  "get clusters") echo penguins ;;
  "get nodes") echo penguins-control-plane ;;
esac""",
    "kubectl": 'if [ "$1" = config ]; then echo kind-penguins; fi',
    "helm": f"""case "$1" in
  template) echo '{{spec: {{containers: [{{image: "{IMAGE}"}}]}}}}' ;;
  get) case "$2" in
    values) echo null ;;
    *) echo '{{kind: CronJob, metadata: {{name: trainer-sex}}}}' ;;
  esac ;;
  history) echo '[{{"status": "deployed"}}]' ;;
  upgrade) if [ -e fails ]; then echo "timed out waiting"; exit 1; fi ;;
esac""",
}


@pytest.fixture
def cluster(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KindCluster:
    """A cluster that exists; each program writes into the file `calls` how it was called."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name, text in PROGRAMS.items():
        write_program(folder, name, f'echo "{name} $*" >> {tmp_path}/calls\n{text}')
    builder = tmp_path / BUILD[2].replace(".", "/")
    builder.mkdir(parents=True)
    (builder / "__main__.py").write_text("print('all built')")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    return KindCluster(tmp_path / "kind-config.yaml", "penguins", api.server_port)


@pytest.fixture
def release(server: ApiServer, namespace: Namespace) -> ApiServer:
    """A release with a key and a host name; one of its Jobs has failed."""
    reference = {"ROOKERY_API_API_KEY": ("api", "api-key")}
    server.put(f"{APPS}/deployments", deployment("api", reference))
    server.put(f"{CORE}/secrets", secret("api", api_key=KEY))
    server.put(f"{NETWORKING}/ingresses", ingress("api", HOST))
    server.put(f"{BATCH}/jobs", job("bootstrap-ingest-sex", "Complete"))
    server.put(f"{BATCH}/jobs", job("bootstrap-trainer-sex", "Failed"))
    server.put(f"{BATCH}/cronjobs", {"metadata": {"name": "trainer-sex", "annotations": MADE}})
    return server


def calls(folder: Path, program: str) -> list[str]:
    """Reads the arguments of the program's calls, in order."""
    lines = (folder / "calls").read_text().splitlines()
    return [line.removeprefix(f"{program} ") for line in lines if line.startswith(program)]


def up(cluster: KindCluster) -> tuple[list[str], list[object], str]:
    """Runs `up`; returns the models, their answers and all that was printed."""
    said = io.StringIO()
    found, predictions = bring_up(cluster, "ml", ProgressLines(Console(file=said, width=200)))
    return found, [each.answer for each in predictions], said.getvalue()


def test_the_release_is_upgraded_and_its_models_asked(
    cluster: KindCluster, release: ApiServer, tmp_path: Path
) -> None:
    found, answers, said = up(cluster)

    assert (found, answers) == (["sex"], [ANSWER])
    assert "cluster penguins: is there" in said
    assert "build images: all built" in said
    assert "load images: 0 loaded, 1 are there already" in said
    (upgrade,) = (line for line in calls(tmp_path, "helm") if line.startswith("upgrade"))
    # The release does not say who may call, so what a kind cluster has open stays open.
    opened = "--reset-then-reuse-values --values charts/rookery/kind.yaml"
    assert f"{opened} --wait --wait-for-jobs --timeout 15m" in upgrade
    assert not [line for line in calls(tmp_path, "kind") if line.startswith(("create", "load"))]


def test_a_job_that_failed_is_deleted_before_the_next_try(
    cluster: KindCluster, release: ApiServer
) -> None:
    up(cluster)

    jobs = {path for path in release.objects if path.startswith(f"{BATCH}/jobs/")}
    assert jobs == {f"{BATCH}/jobs/bootstrap-ingest-sex"}


def test_what_a_failed_upgrade_left_is_removed_and_nothing_else(
    cluster: KindCluster, release: ApiServer
) -> None:
    ours = {"name": "left", "annotations": MADE}
    others = (
        {"name": "of-a-person"},
        {"name": "of-another-release", "annotations": {"meta.helm.sh/release-name": "other"}},
        {"name": "kept", "annotations": {**MADE, "helm.sh/resource-policy": "keep"}},
    )
    for group, plural in RELEASE_KINDS.values():
        for metadata in (ours, *others):
            release.put(f"{group}/namespaces/ml/{plural}", {"metadata": metadata, "spec": {}})
    before = set(release.objects)

    found, _, said = up(cluster)

    gone = before - set(release.objects)
    left = {f"{group}/namespaces/ml/{plural}/left" for group, plural in RELEASE_KINDS.values()}
    assert gone == left | {f"{BATCH}/jobs/bootstrap-trainer-sex"}
    assert found == ["sex"]
    assert "remove what a failed upgrade left: ConfigMap left, CronJob left" in said


def test_if_helm_fails_the_error_has_its_words(
    cluster: KindCluster, release: ApiServer, tmp_path: Path
) -> None:
    (tmp_path / "fails").touch()

    with pytest.raises(Unavailable, match=r"(?s)helm upgrade .* ended with 1:\ntimed out waiting"):
        up(cluster)
