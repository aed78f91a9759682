"""The `rookery` command as the client of a cluster, with nothing but a kubeconfig."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import yaml
from botocore.config import Config
from tests.e2e.support.cluster import CONFIG, Namespace, run, until
from tests.e2e.support.jobs import Job
from tests.e2e.support.release import Release
from tests.e2e.support.tracking import forwarded
from tests.e2e.test_upgrades import state
from tools.checkout import ROOT

from rookery_core.spec.spec_yaml import parse_spec

ROOKERY = (sys.executable, "-m", "rookery_local")
FOLLOWING = 600


def started(namespace: Namespace, *arguments: str) -> "subprocess.Popen[str]":
    """Starts the command."""
    return subprocess.Popen(
        [*ROOKERY, *arguments, "--namespace", namespace.name],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={**os.environ, "KUBECONFIG": str(namespace.cluster.kubeconfig)},
    )


def ended(command: "subprocess.Popen[str]") -> tuple[int, str]:
    """Waits for its exit code, and for what it said since it was read last."""
    told, _ = command.communicate(timeout=FOLLOWING)
    return command.returncode, told


def of_model(namespace: Namespace, model: str) -> set[str]:
    """Returns the names of the model's training Jobs that a person started."""
    names = {job["metadata"]["name"] for job in namespace.list("jobs")}
    return {name for name in names if name.startswith(f"trainer-{model}-")}


def test_a_retrain_is_followed_to_its_decision(release: Release) -> None:
    before = of_model(release.namespace, "sex")

    code, told = ended(started(release.namespace, "retrain", "sex"))

    assert code == 0, told
    assert "20/20 done" in told
    assert "promoted" in told or "rejected" in told
    assert "Why: " in told
    (name,) = of_model(release.namespace, "sex") - before
    metadata = release.namespace.get("job", name)["metadata"]
    assert metadata["annotations"]["cronjob.kubernetes.io/instantiate"] == "manual"
    assert metadata["ownerReferences"][0]["name"] == "trainer-sex"


def test_who_interrupts_leaves_the_job_running_and_can_follow_it_again(release: Release) -> None:
    command = started(release.namespace, "retrain", "sex")
    assert command.stdout is not None
    name = command.stdout.readline().removesuffix(" ...\n")
    until("the Job's pod", lambda: Job(release.namespace, name).pods() or None)

    command.send_signal(signal.SIGINT)
    code, told = ended(command)

    assert code == 128 + signal.SIGINT
    assert f"Job {name} goes on in the cluster" in told
    assert f"cluster follow {name}" in told
    code, told = ended(started(release.namespace, "cluster", "follow", name))
    assert code == 0, told
    assert "20/20 done" in told


def test_a_model_that_is_not_there_is_refused_with_those_there_are(release: Release) -> None:
    code, told = ended(started(release.namespace, "retrain", "dodo"))

    assert code == 42
    assert "trainer-species" in told


def test_the_state_names_parts_jobs_and_models(release: Release) -> None:
    code, told = ended(started(release.namespace, "cluster", "status"))

    assert code == 0, told
    words = told.split()
    assert {"api", "mlflow", "postgresql", "species", "sex", "serving"} <= set(words)


def test_a_second_up_changes_nothing_and_tells_the_next_commands(
    release: Release, tmp_path: Path
) -> None:
    cluster = release.namespace.cluster
    config = tmp_path / "kind-config.yaml"
    config.write_text(CONFIG.read_text().replace("\nname: rookery\n", f"\nname: {cluster.name}\n"))
    before = state(release.namespace)

    code, told = ended(started(release.namespace, "cluster", "up", "--config", str(config)))

    assert code == 0, told
    assert f"cluster {cluster.name}: is there" in told
    assert "helm upgrade: done" in told
    assert "its image changed" not in told
    assert state(release.namespace) == before
    # Of several models, the last one's.
    commands = dict(re.findall(r"^(Predict|Retrain|Open the UIs)\n  (.+)$", told, re.MULTILINE))
    direct = {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    model = json.loads(run("bash", "-c", commands["Predict"], environment=direct))["model"]["name"]
    where = f"--namespace {release.namespace.name}"
    assert commands["Retrain"].endswith(f"retrain {model} {where}")
    assert commands["Open the UIs"].endswith(f"cluster ui {where}")


def test_a_local_file_gets_into_the_object_store(release: Release, tmp_path: Path) -> None:
    file = tmp_path / "wine.csv"
    content = os.urandom(20_000_000)
    file.write_bytes(content)

    code, told = ended(
        started(release.namespace, "cluster", "upload", str(file), "s3://data/tables/")
    )

    assert code == 0, told
    assert "s3://data/tables/wine.csv" in told
    assert stored(release.namespace, "data", "tables/wine.csv") == content


def stored(namespace: Namespace, bucket: str, key: str) -> bytes:
    """Reads the object with kubectl and an S3 client, as a person does by hand."""
    access, secret = (
        namespace.kubectl("get", "secret", "s3", "-o", f"go-template={template(name)}")
        for name in ("access-key", "secret-key")
    )
    with forwarded(namespace, "service/minio", 9000) as url:
        client = boto3.client(
            "s3",
            endpoint_url=url,
            aws_access_key_id=access,
            aws_secret_access_key=secret,
            region_name="us-east-1",
            config=Config(proxies={}),
        )
        return client.get_object(Bucket=bucket, Key=key)["Body"].read()


def template(key: str) -> str:
    """Returns a template that prints a Secret's value of that key."""
    return f'{{{{index .data "{key}" | base64decode}}}}'


def test_the_values_of_an_added_model_name_the_data_that_were_uploaded(release: Release) -> None:
    namespace = release.namespace
    command = [*ROOKERY, "cluster", "add", "examples/wine.yaml", "examples/wine.csv", "--print"]
    environment = {**os.environ, "KUBECONFIG": str(namespace.cluster.kubeconfig)}

    first, second = (
        subprocess.run(
            [*command, "--namespace", namespace.name],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment,
            check=True,
        )
        for _ in range(2)
    )

    spec = parse_spec(yaml.safe_load(first.stdout)["global"]["models"]["wine"]["spec"], "values")
    digest = hashlib.sha256((ROOT / "examples" / "wine.csv").read_bytes()).hexdigest()
    assert (spec.source.url, spec.source.sha256) == (f"s3://data/{digest}.csv", digest)
    assert second.stdout == first.stdout
    assert "is there already" in second.stderr
