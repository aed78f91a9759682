"""What values add to pods: each key reaches every pod of its part and no other."""

import pytest
from tests.chart.cases import EXISTING
from tests.chart.chart import Chart, Values, merged, nested
from tests.chart.defaults import PARTS
from tests.chart.manifests import Object, Pod, of_kind, one, pods
from tests.chart.pod_security import restricted
from tests.some import some

OPEN: dict[str, object] = {
    "podAnnotations": {"example.org/note": "a note"},
    "podLabels": {"example.org/team": "birds", "app.kubernetes.io/name": "another"},
    "env": [{"name": "ANOTHER", "value": "variable"}, {"name": "HOME", "value": "/elsewhere"}],
    "envFrom": [{"configMapRef": {"name": "existing-variables"}}],
    "volumes": [{"name": "another", "emptyDir": {}}],
    "volumeMounts": [{"name": "another", "mountPath": "/another"}],
    "priorityClassName": "high",
    "runtimeClassName": "gvisor",
    "topologySpreadConstraints": [
        {"maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}
    ],
    "hostAliases": [{"ip": "192.0.2.1", "hostnames": ["db.example.org"]}],
    "dnsConfig": {"options": [{"name": "ndots", "value": "1"}]},
    "podSecurityContext": {"supplementalGroups": [7]},
    "securityContext": {"readOnlyRootFilesystem": False},
}
EARLY = "Job/preflight"
"""The pod that comes before the release's objects: none of them may be in it."""
PODS_OF = {"ingress": "traefik"}


def given(part: str) -> Values:
    """The values that open all ends of a part, or of all parts."""
    return nested({"global": "global.pods", "ingress": "ingress.traefik"}.get(part, part), OPEN)


def of_part(pod: Pod, part: str) -> bool:
    """Whether the pod takes the values of the part."""
    name = pod.labels["app.kubernetes.io/name"]
    if part == "pipeline":
        jobs = {"databases", "ingest", "trainer", "rollback", "retention", "forget", "retire"}
        return name in {*jobs, "test"}
    return part == "global" or name == PODS_OF.get(part, part)


@pytest.mark.parametrize("part", ["global", *PARTS])
def test_every_open_end_reaches_the_pods_of_its_part_and_no_others(chart: Chart, part: str) -> None:
    before = {str(pod): pod for pod in pods(chart.render(EXISTING))}
    rendered = pods(chart.render(merged(EXISTING, given(part))))

    touched = [pod for pod in rendered if of_part(pod, part) and str(pod) != EARLY]
    for pod in some(touched):
        assert missing(pod) == [], pod
        assert pod.labels["app.kubernetes.io/name"] != "another"
    others = [pod for pod in rendered if not of_part(pod, part) and "Job/" not in str(pod)]
    for pod in some(others, when=part != "global"):
        assert pod.spec == before[str(pod)].spec


def missing(pod: Pod) -> list[str]:
    """What of OPEN is not in the pod."""
    wanted = {
        **{key: OPEN[key] for key in ("priorityClassName", "runtimeClassName", "hostAliases")},
        **{key: OPEN[key] for key in ("dnsConfig", "topologySpreadConstraints")},
    }
    found = [key for key, value in wanted.items() if pod.spec.get(key) != value]
    if pod.metadata["annotations"].get("example.org/note") != "a note":
        found.append("podAnnotations")
    if pod.labels.get("example.org/team") != "birds":
        found.append("podLabels")
    if pod.spec["securityContext"].get("supplementalGroups") != [7]:
        found.append("podSecurityContext")
    if {"name": "another", "emptyDir": {}} not in pod.spec["volumes"]:
        found.append("volumes")
    return found + [f"{c['name']} {key}" for c in pod.containers for key in _missing(c)]


def _missing(container: Object) -> list[str]:
    env = {each["name"]: each.get("value") for each in container["env"]}
    mounts = [each["mountPath"] for each in container["volumeMounts"]]
    there = {
        "env": env.get("ANOTHER") == "variable" and env["HOME"] == "/elsewhere",
        "envFrom": container.get("envFrom") == OPEN["envFrom"],
        "volumeMounts": mounts.count("/another") == 1,
        "securityContext": container["securityContext"]["readOnlyRootFilesystem"] is False,
        "kept": container["securityContext"]["capabilities"] == {"drop": ["ALL"]},
    }
    return [key for key, is_there in there.items() if not is_there]


def test_what_runs_before_the_release_stands_on_nothing_of_it(chart: Chart) -> None:
    values = merged(EXISTING, given("pipeline"), nested("pipeline.serviceAccount.create", True))

    (pod,) = (each for each in pods(chart.render(values)) if str(each) == EARLY)

    assert "serviceAccountName" not in pod.spec
    assert "existing-variables" not in str(pod.spec)
    assert "/another" not in str(pod.spec)
    assert pod.spec["priorityClassName"] == "high"


def test_a_part_counts_more_than_all_parts(chart: Chart) -> None:
    values = merged(
        nested(
            "global.pods", {"nodeSelector": {"disk": "slow"}, "env": [{"name": "A", "value": "1"}]}
        ),
        nested("api", {"nodeSelector": {"disk": "fast"}, "env": [{"name": "A", "value": "2"}]}),
    )

    found = {str(pod): pod for pod in pods(chart.render(merged(EXISTING, values)))}

    api, mlflow = found["Deployment/api"], found["Deployment/mlflow"]
    assert (api.spec["nodeSelector"], mlflow.spec["nodeSelector"]) == (
        {"disk": "fast"},
        {"disk": "slow"},
    )
    assert {"name": "A", "value": "2"} in api.containers[0]["env"]
    assert {"name": "A", "value": "1"} in mlflow.containers[0]["env"]


def test_a_probe_keeps_what_values_do_not_say(chart: Chart) -> None:
    values = nested("api", {"livenessProbe": {"failureThreshold": 9}, "readinessProbe": ASKS_TCP})

    container = one(chart.render(values), "Deployment", "api")["spec"]["template"]["spec"]

    (api,) = container["containers"]
    assert api["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert api["livenessProbe"]["failureThreshold"] == 9
    assert "httpGet" not in api["readinessProbe"]
    assert api["readinessProbe"]["tcpSocket"] == {"port": "http"}


ASKS_TCP = {"tcpSocket": {"port": "http"}}
CLOUD = {
    "create": True,
    "name": "",
    "annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1"},
}


@pytest.mark.parametrize("part", ["api", "minio", "mlflow", "notebook", "pipeline", "postgresql"])
def test_a_service_account_is_that_of_the_pods_and_of_none_beside(chart: Chart, part: str) -> None:
    objects = chart.render(merged(EXISTING, nested(f"{part}.serviceAccount", CLOUD)))

    account = one(objects, "ServiceAccount", part)

    assert account["metadata"]["annotations"] == CLOUD["annotations"]
    assert account["automountServiceAccountToken"] is False
    using = {str(pod) for pod in pods(objects) if pod.spec.get("serviceAccountName") == part}
    assert using == {str(pod) for pod in pods(objects) if of_part(pod, part) and str(pod) != EARLY}


def test_a_cluster_may_give_user_and_group(chart: Chart) -> None:
    rendered = pods(chart.render(nested("global.podSecurity", "cluster")))

    for pod in rendered:
        assert {"runAsUser", "runAsGroup", "fsGroup"}.isdisjoint(pod.spec["securityContext"]), pod
        assert restricted(pod) == [], pod


def test_a_large_user_id_arrives_as_it_was_written(chart: Chart, chart_of_helm3: Chart) -> None:
    values = nested("global.pods.podSecurityContext", {"runAsUser": 1000660000})

    for each in (chart, chart_of_helm3):
        for pod in pods(each.render(values)):
            assert pod.spec["securityContext"]["runAsUser"] == 1000660000


@pytest.mark.parametrize("kind", ["secret", "configMap"])
def test_a_bundle_of_authorities_is_trusted_by_every_pod(chart: Chart, kind: str) -> None:
    values = nested("global.caBundle", {kind: "existing-bundle", "key": "root.pem"})
    rendered = [p for p in pods(chart.render(merged(EXISTING, values))) if str(p) != EARLY]

    for pod in some(rendered):
        (volume,) = (v for v in pod.spec["volumes"] if v["name"] == "ca-bundle")
        assert "existing-bundle" in str(volume[kind])
        assert volume[kind]["items"] == [{"key": "root.pem", "path": "ca.crt"}]
        for container in pod.containers:
            env = {each["name"]: each.get("value") for each in container["env"]}
            (mount,) = (m for m in container["volumeMounts"] if m["name"] == "ca-bundle")
            for name in ("PGSSLROOTCERT", "AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
                assert env[name] == f"{mount['mountPath']}/ca.crt", f"{pod}: {name}"


def test_a_proxy_is_for_what_is_outside_alone(chart: Chart) -> None:
    proxy = {"https": "http://proxy.example.org:3128", "noProxy": ["db.example.org"]}
    rendered = pods(chart.render(merged(EXISTING, nested("global.proxy", proxy))))

    for pod in some(each for each in rendered if str(each) != EARLY):
        for container in pod.containers:
            env = {each["name"]: each.get("value") for each in container["env"]}
            assert env["HTTPS_PROXY"] == env["https_proxy"] == proxy["https"]
            assert "HTTP_PROXY" not in env
            direct = str(env["NO_PROXY"]).split(",")
            assert {"mlflow", "postgresql", "minio", "api", ".svc", "db.example.org"} <= set(direct)


def test_labels_of_all_parts_are_on_every_object_and_every_pod(chart: Chart) -> None:
    objects = chart.render(nested("global.commonLabels", {"example.org/cost": "7"}))

    assert {each["metadata"]["labels"]["example.org/cost"] for each in some(objects)} == {"7"}
    assert {pod.labels["example.org/cost"] for pod in pods(objects)} == {"7"}
    for each in of_kind(objects, "Deployment"):
        assert "example.org/cost" not in each["spec"]["selector"]["matchLabels"]


def test_further_objects_are_no_templates(chart: Chart) -> None:
    given = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "dashboard"},
        "data": {"panel.json": "{{ $value }} of {{ .Release.Name }}"},
    }

    found = one(chart.render({"extraManifests": [given]}), "ConfigMap", "dashboard")

    assert found == given


def test_an_autoscaler_behaves_as_values_say(chart: Chart) -> None:
    behavior = {"scaleDown": {"stabilizationWindowSeconds": 60}}
    values = nested("api.autoscaling", {"enabled": True, "behavior": behavior})

    assert (
        one(chart.render(values), "HorizontalPodAutoscaler", "api")["spec"]["behavior"] == behavior
    )


def test_services_and_their_families_are_as_values_say(chart: Chart) -> None:
    values = merged(
        nested("global", {"ipFamilyPolicy": "PreferDualStack", "ipFamilies": ["IPv6", "IPv4"]}),
        nested(
            "api.service", {"type": "LoadBalancer", "annotations": {"example.org/lb": "internal"}}
        ),
    )
    objects = chart.render(values)

    for each in of_kind(objects, "Service"):
        assert each["spec"]["ipFamilyPolicy"] == "PreferDualStack"
        assert each["spec"]["ipFamilies"] == ["IPv6", "IPv4"]
    api = one(objects, "Service", "api")
    assert api["spec"]["type"] == "LoadBalancer"
    assert api["metadata"]["annotations"] == {"example.org/lb": "internal"}


def test_jobs_may_be_queued(chart: Chart) -> None:
    label = {"kueue.x-k8s.io/queue-name": "training"}
    objects = chart.render(nested("pipeline.labels", label))

    jobs = [
        each["spec"]["jobTemplate"]["metadata"] if each["kind"] == "CronJob" else each["metadata"]
        for each in of_kind(objects, "CronJob", "Job")
        if each["metadata"]["name"] != "preflight"
    ]

    assert [each for each in jobs if not label.items() <= each["labels"].items()] == []


def test_an_update_goes_as_values_say_where_two_pods_may_be(chart: Chart) -> None:
    strategy = {"rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}}
    values = merged(nested("api.updateStrategy", strategy), nested("api.revisionHistoryLimit", 2))

    spec = one(chart.render(values), "Deployment", "api")["spec"]

    assert spec["strategy"] == {"type": "RollingUpdate", **strategy}
    assert spec["revisionHistoryLimit"] == 2
    said = chart.refusal(nested("postgresql.updateStrategy", strategy))
    assert "additional properties 'updateStrategy' not allowed" in said
