"""PostgreSQL, MinIO, MLflow and their Secrets: what only they have to keep to."""

import shlex
from collections.abc import Sequence

import pytest
from tests.chart.cases import SECRETS
from tests.chart.chart import ROOT, Chart, Values, merged, nested
from tests.chart.environment import environment
from tests.chart.manifests import Object, Pod, name, of_kind, pods
from tests.some import some

KEEP = "helm.sh/resource-policy"


def pod_of(objects: Sequence[Object], part: str) -> Pod:
    (found,) = (p for p in pods(objects) if str(p) == f"Deployment/{part}")
    return found


def container(objects: Sequence[Object], part: str, which: str | None = None) -> Object:
    (found,) = (c for c in pod_of(objects, part).containers if c["name"] == (which or part))
    return found


def restarted(chart: Chart, before: Values, after: Values) -> set[str]:
    """What has another pod, or is a new Job, with the other values."""
    old, new = (
        {str(p): str(p.metadata) + str(p.spec) for p in _pods(chart, v)} for v in (before, after)
    )
    return {
        each.rsplit("-", 1)[0] if "Job/" in each else each
        for each in new
        if old.get(each) != new[each]
    }


def _pods(chart: Chart, values: Values) -> list[Pod]:
    kinds = ("Deployment", "Job")
    return [pod for pod in pods(chart.render(values)) if pod.kind in kinds]


def test_null_takes_a_model_out_of_every_part(chart: Chart, chart_of_helm3: Chart) -> None:
    for each in (chart, chart_of_helm3):
        objects = each.render(nested("global.models.sex", None))
        assert [name(o) for o in objects if "-sex" in name(o)] == []
        assert "trainer-species" in {o["metadata"]["name"] for o in of_kind(objects, "CronJob")}


def test_volumes_and_their_secrets_stay_at_an_uninstall(chart: Chart) -> None:
    kept = {
        name(each)
        for each in chart.render({})
        if each["metadata"].get("annotations", {}).get(KEEP) == "keep"
    }

    assert kept == {
        "PersistentVolumeClaim/minio",
        "PersistentVolumeClaim/postgresql",
        "Secret/postgresql",
        "Secret/s3",
    }


@pytest.mark.parametrize("part", ["postgresql", "minio"])
def test_a_volume_goes_with_the_release_where_asked(chart: Chart, part: str) -> None:
    objects = chart.render(nested(f"{part}.persistence.keepOnUninstall", False))

    (claim,) = (o for o in objects if name(o) == f"PersistentVolumeClaim/{part}")
    assert "annotations" not in claim["metadata"]


@pytest.mark.parametrize(
    ("path", "readers"),
    [
        ("postgresql.passwords.postgres", {"Deployment/postgresql"}),
        ("postgresql.passwords.mlflow", {"Deployment/mlflow", "Job/bootstrap-databases"}),
        ("postgresql.passwords.notebook", {"Deployment/notebook", "Job/bootstrap-databases"}),
        ("postgresql.passwords.trainer", {"Job/bootstrap-databases"}),
        ("s3.accessKey", {"Deployment/minio", "Deployment/mlflow", "Job/bootstrap-databases"}),
        ("s3.secretKey", {"Deployment/minio", "Deployment/mlflow", "Job/bootstrap-databases"}),
    ],
)
def test_a_changed_secret_reaches_its_readers_alone(
    chart: Chart, path: str, readers: set[str]
) -> None:
    other = merged(SECRETS, nested(f"global.{path}", "another-one-of-many-letters"))

    assert restarted(chart, SECRETS, other) == readers


def test_other_specs_replace_the_pods_of_the_api(chart: Chart) -> None:
    spec = (ROOT / "examples" / "wine.yaml").read_text()
    one, other = (nested("global.models.wine.spec", f"{spec}# {n}\n") for n in (1, 2))

    found = restarted(chart, one, other)

    assert found == {"Deployment/api", "Job/bootstrap-ingest-wine", "Job/bootstrap-trainer-wine"}


def test_a_checksum_tells_nothing_of_the_password(chart: Chart) -> None:
    here = pod_of(chart.render(SECRETS), "minio").metadata["annotations"]
    there = pod_of(chart.render(SECRETS, release="another"), "minio").metadata["annotations"]

    assert here != there


def test_no_secret_is_an_argument(chart: Chart) -> None:
    values = merged(SECRETS, nested("global.mlflow.auth.enabled", True))
    objects = chart.render(values)

    secrets = [
        (shlex.join([*each.get("command", ()), *each.get("args", ())]), e["name"], given)
        for pod in pods(objects)
        for each in pod.containers
        for given in [environment(each, objects)]
        for e in each.get("env", ())
        if "secretKeyRef" in e.get("valueFrom", {}) and e["name"] in given
    ]

    for told, secret, given in some(secrets):
        assert given[secret] not in told, secret
        assert f"$({secret})" not in told, secret


def test_mlflow_answers_the_names_that_clients_use(chart: Chart) -> None:
    objects = chart.render(nested("mlflow.allowedHosts", ["mlflow.example.org"]))

    variables = environment(container(objects, "mlflow"), objects)
    hosts = variables["MLFLOW_SERVER_ALLOWED_HOSTS"].split(",")
    assert {"mlflow:*", "*.svc:*", "*.svc.cluster.local:*", "localhost:*", "127.0.0.1:*"} <= set(
        hosts
    )
    assert {"mlflow.example.org", "mlflow.example.org:*"} <= set(hosts)
    assert "https://mlflow.example.org" in variables["MLFLOW_SERVER_CORS_ALLOWED_ORIGINS"].split(
        ","
    )


def test_a_page_of_mlflow_that_mlflow_would_refuse_is_refused(chart: Chart) -> None:
    values = {
        "global": {"mlflow": {"auth": {"enabled": True}}},
        "ingress": {"mlflow": {"enabled": True, "host": "mlflow.example.org"}},
    }

    assert "add ingress.mlflow.host to mlflow.allowedHosts" in chart.refusal(values)


def test_mlflow_serves_without_the_passwords_of_its_users(chart: Chart) -> None:
    objects = chart.render(nested("global.mlflow.auth.enabled", True))

    prepares = environment(container(objects, "mlflow", "prepare"), objects)
    serves = environment(container(objects, "mlflow"), objects)
    users = {n for n in prepares if n.startswith("ROOKERY_USER_")}
    assert len(users) == 4
    assert users.isdisjoint(serves)
    assert serves["MLFLOW_TRACKING_USERNAME"] == "api"


def test_another_build_of_the_s3_server_is_values_only(chart: Chart) -> None:
    values = {
        "global": {
            "images": {
                "minio": {"registry": "docker.io", "repository": "pgsty/silo", "tag": "2026-06-18"}
            }
        },
        "minio": {"command": ["/usr/bin/silo"], "args": ["server", "/data"]},
    }

    server = container(chart.render(values), "minio")

    assert server["image"] == "docker.io/pgsty/silo:2026-06-18"
    command = server["command"] + server["args"]
    assert command[command.index("--") + 1 :] == ["/usr/bin/silo", "server", "/data"]


def test_the_first_releases_empty_command_still_starts_the_s3_server(chart: Chart) -> None:
    given, default = (
        container(chart.render(values), "minio") for values in (nested("minio.command", []), {})
    )

    assert given == default


def test_the_port_of_another_server_is_not_that_of_ours(chart: Chart) -> None:
    objects = chart.render(nested("global.postgresql.port", 6432))

    assert (
        "@postgresql:5432/"
        in environment(container(objects, "mlflow"), objects)["MLFLOW_BACKEND_STORE_URI"]
    )
