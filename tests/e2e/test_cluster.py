"""The cluster does what the product leans on, one promise of Kubernetes at a time."""

from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen
from uuid import uuid4

import pytest
from tests.e2e.support import objects
from tests.e2e.support.cluster import Cluster, CommandFailed, Namespace, Object, run, until
from tests.e2e.support.objects import job, main_container, pod, python_pod, service
from tests.e2e.support.servers import server
from tools.airgap import engine

FROM_OUTSIDE = "http://127.0.0.1:8080"
UID_LABEL = "metadata.labels['batch.kubernetes.io/controller-uid']"
# An address of documentation: nobody has it, no packet to it may leave.
NOWHERE = "203.0.113.7"
TRIES = 20
# The node asks all the time on its own: each try has its answer nevertheless, and at once.
TRY_OUTSIDE = f"""
import socket
for _ in range({TRIES}):
    try:
        socket.create_connection(({NOWHERE!r}, 443), timeout=20)
    except ConnectionRefusedError:
        print("refused")
"""
# A Service refuses for a moment after its first pod is ready, until each node has heard of it.
ASK = """
import time
from urllib.error import URLError
from urllib.request import urlopen
end = time.monotonic() + 30
while True:
    try:
        print(urlopen({url!r}, timeout=30).read().decode())
        break
    except URLError:
        if time.monotonic() > end:
            raise
        time.sleep(0.2)
"""


def terminated(namespace: Namespace, name: str) -> Object:
    """Waits for the end of the pod's container, and returns how it ended."""

    def look() -> Object | None:
        statuses = namespace.get("pod", name)["status"].get("containerStatuses", [])
        ended: Object | None = statuses[0]["state"].get("terminated") if statuses else None
        return ended

    return until(f"the end of pod {name}", look)


def moment(stamp: str) -> datetime:
    """Reads a time as Kubernetes writes it."""
    return datetime.fromisoformat(stamp.replace("Z", "+00:00"))


def test_every_node_is_ready(cluster: Cluster) -> None:
    condition = '{range .items[*]}{.status.conditions[?(@.type=="Ready")].status} {end}'

    told = cluster.kubectl("get", "nodes", "-o", f"jsonpath={condition}")

    assert set(told.split()) == {"True"}


def test_a_service_is_found_by_its_name(namespace: Namespace) -> None:
    namespace.apply(server("web"), service("web", 8000))
    namespace.wait("pod/web", "condition=Ready")

    for name in ("web", f"web.{namespace.name}.svc.cluster.local"):
        client = f"client-{len(name)}"
        namespace.apply(python_pod(client, ASK.format(url=f"http://{name}:8000/found")))

        assert terminated(namespace, client)["exitCode"] == 0
        assert namespace.logs(client) == "web /found"


def test_a_volume_survives_its_pod(namespace: Namespace) -> None:
    claim: Object = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "kept"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "8Mi"}}},
    }
    namespace.apply(claim)

    def run_with_volume(name: str, program: str) -> Object:
        made = python_pod(name, program)
        volume = {"name": "kept", "persistentVolumeClaim": {"claimName": "kept"}}
        made["spec"]["volumes"] = [volume]
        main_container(made)["volumeMounts"] = [{"name": "kept", "mountPath": "/kept"}]
        namespace.apply(made)
        return terminated(namespace, name)

    wrote = run_with_volume("writer", "open('/kept/note', 'w').write('still here')")
    namespace.kubectl("delete", "pod", "writer")
    read = run_with_volume("reader", "print(open('/kept/note').read())")

    assert (wrote["exitCode"], read["exitCode"]) == (0, 0)
    assert namespace.logs("reader") == "still here"
    assert namespace.get("pvc", "kept")["spec"]["storageClassName"] == "standard"


def test_restricted_admits_a_hardened_pod(namespace: Namespace) -> None:
    namespace.apply(pod("hardened", "true"))

    assert terminated(namespace, "hardened")["exitCode"] == 0


@pytest.mark.parametrize("breach", ["root", "hostPath", "privileged"])
def test_restricted_rejects(namespace: Namespace, breach: str) -> None:
    made = pod("breach", "true")
    if breach == "root":
        made["spec"]["securityContext"].update(runAsNonRoot=False, runAsUser=0)
    elif breach == "hostPath":
        made["spec"]["volumes"] = [{"name": "host", "hostPath": {"path": "/"}}]
    else:
        main_container(made)["securityContext"] = {"privileged": True}

    with pytest.raises(CommandFailed, match='violates PodSecurity "restricted:latest"'):
        namespace.apply(made)


def test_memory_beyond_the_limit_is_killed(namespace: Namespace) -> None:
    namespace.apply(python_pod("greedy", "b'x' * (512 << 20)"))

    assert terminated(namespace, "greedy")["reason"] == "OOMKilled"


def test_a_pod_lives_through_its_pre_stop_sleep(namespace: Namespace) -> None:
    made = server("sleeper")
    main_container(made)["lifecycle"] = {"preStop": {"sleep": {"seconds": 3}}}
    # The finalizer keeps the object, and with it the time of the container's end.
    made["metadata"]["finalizers"] = ["rookery.test/read-the-end"]
    namespace.apply(made)
    namespace.wait("pod/sleeper", "condition=Ready")

    namespace.kubectl("delete", "pod", "sleeper", "--wait=false")
    # Read at once: the kubelet sets the grace to nothing when the pod has ended.
    metadata = namespace.get("pod", "sleeper")["metadata"]
    ended = terminated(namespace, "sleeper")

    namespace.kubectl("patch", "pod", "sleeper", "-p", '{"metadata": {"finalizers": null}}')
    grace = timedelta(seconds=metadata["deletionGracePeriodSeconds"])
    asked = moment(metadata["deletionTimestamp"]) - grace
    # Both times are whole seconds. Exit 0: it was asked to end, after the sleep, and not killed.
    assert moment(ended["finishedAt"]) - asked >= timedelta(seconds=2)
    assert ended["exitCode"] == 0


def test_an_ingress_is_reached_from_outside(namespace: Namespace, cluster: Cluster) -> None:
    for each in objects.read("traefik", NAMESPACE=namespace.name):
        namespace.apply(each)
    rule = {
        "path": "/rookery",
        "pathType": "Prefix",
        "backend": {"service": {"name": "web", "port": {"number": 8000}}},
    }
    ingress: Object = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "web"},
        "spec": {
            "ingressClassName": f"{namespace.name}-traefik",
            "rules": [{"http": {"paths": [rule]}}],
        },
    }
    namespace.apply(server("web"), service("web", 8000), ingress)

    def answer() -> str | None:
        try:
            with urlopen(f"{FROM_OUTSIDE}/rookery/predict", timeout=5) as response:
                told: str = response.read().decode()
                return told
        except (HTTPError, URLError, ConnectionError, TimeoutError):
            return None

    assert until("an answer through the Ingress", answer) == "web /rookery/predict"
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"{FROM_OUTSIDE}/rookery-not", timeout=5)
    for kind in ("clusterrole", "clusterrolebinding", "ingressclass"):
        cluster.kubectl("delete", kind, f"{namespace.name}-traefik")


def test_a_suspended_cron_job_is_a_template(namespace: Namespace) -> None:
    template = job("unused", python_pod("retrain", "print('trained')"))
    cron: Object = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "trainer"},
        "spec": {
            "schedule": "* * * * *",
            "suspend": True,
            "jobTemplate": {"spec": template["spec"]},
        },
    }
    namespace.apply(cron)

    namespace.kubectl("create", "job", "r1", "--from=cronjob/trainer")
    namespace.wait("job/r1", "condition=Complete")

    assert namespace.logs("job/r1") == "trained"
    assert [each["metadata"]["name"] for each in namespace.list("jobs")] == ["r1"]


def test_a_pod_reads_the_uid_of_its_job(namespace: Namespace) -> None:
    made = python_pod("reader", "import os; print(os.environ['SWEEP'])")
    source = {"fieldRef": {"fieldPath": UID_LABEL}}
    main_container(made)["env"] = [{"name": "SWEEP", "valueFrom": source}]

    namespace.apply(job("sweep", made))
    namespace.wait("job/sweep", "condition=Complete")

    assert namespace.logs("job/sweep") == namespace.get("job", "sweep")["metadata"]["uid"]


def test_an_indexed_job_counts_failures_by_index_and_reason(namespace: Namespace) -> None:
    ends = "import os, sys; sys.exit([0, 42, 1][int(os.environ['JOB_COMPLETION_INDEX'])])"
    certain = {"containerName": "main", "operator": "In", "values": [42]}
    indexed = job(
        "shards",
        python_pod("shard", ends),
        completionMode="Indexed",
        completions=3,
        parallelism=3,
        backoffLimitPerIndex=1,
        podFailurePolicy={"rules": [{"action": "FailIndex", "onExitCodes": certain}]},
    )

    namespace.apply(indexed)
    namespace.wait("job/shards", "condition=Failed")

    status = namespace.get("job", "shards")["status"]
    index = "batch.kubernetes.io/job-completion-index"
    tries = [each["metadata"]["labels"][index] for each in namespace.list("pods")]
    assert (status["completedIndexes"], status["failedIndexes"]) == ("0", "1,2")
    # Exit 42 is certain and is not tried again; exit 1 is, once.
    assert sorted(tries) == ["0", "1", "2", "2"]


def test_a_loaded_image_runs(namespace: Namespace, cluster: Cluster, tmp_path: Path) -> None:
    name = f"rookery/loaded:{uuid4().hex[:8]}"
    (base,) = (each for each in objects.images() if each.startswith("python:"))
    (tmp_path / "note").write_text("made here")
    (tmp_path / "Dockerfile").write_text(f"FROM {base}\nCOPY note /note\n")
    run("docker", "build", "--tag", name, tmp_path, environment={"DOCKER_BUILDKIT": "1"})
    try:
        cluster.load(name)
    finally:
        run("docker", "image", "rm", name)
    made = pod("loaded", "cat", "/note")
    main_container(made).update(image=name, imagePullPolicy="Never")

    namespace.apply(made)

    assert terminated(namespace, "loaded")["exitCode"] == 0
    assert namespace.logs("loaded") == "made here"


def rejected_connections() -> int:
    """Counts the packets of connections that the machine has answered with a reset."""
    listed = run("iptables", "-w", "-nvxL", "DOCKER-USER").splitlines()
    rules = [line.split() for line in listed if "reject-with tcp-reset" in line]
    assert rules, "nothing keeps connections of containers in"
    return sum(int(packets) for packets, *_ in rules)


def test_a_pod_cannot_reach_out(namespace: Namespace) -> None:
    if not engine.ours_answers():
        pytest.skip("this engine is not one of `make airgap`: what it lets out is its owner's say")
    before = rejected_connections()

    namespace.apply(python_pod("outward", TRY_OUTSIDE))

    assert terminated(namespace, "outward")["exitCode"] == 0, namespace.logs("outward")
    assert namespace.logs("outward").split() == ["refused"] * TRIES
    assert rejected_connections() - before >= TRIES
