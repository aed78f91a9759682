"""A real cluster and namespaces in it, used through kind and kubectl."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tools.checkout import ROOT
from tools.docker.images import exists

from rookery_local.kind.kind_cluster import kind_cluster
from rookery_local.process.ports import require_free

CONFIG = ROOT / "kind-config.yaml"
NAME = "rookery-e2e"
"""The cluster of the end-to-end tests."""
PATIENCE = 180.0
POLL = 0.5
Object = dict[str, Any]
T = TypeVar("T")


class CommandFailed(AssertionError):
    """A program ended with something other than 0; the message holds all that it said."""


def run(*argv: str | Path, stdin: str = "", environment: dict[str, str] | None = None) -> str:
    """Runs the program, and returns what it wrote to standard output."""
    done = subprocess.run(
        [str(each) for each in argv],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    if done.returncode:
        shown = " ".join(str(each) for each in argv)
        raise CommandFailed(f"{shown} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def until(what: str, look: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """Returns what `look` found as soon as it found something; fails after `patience` seconds."""
    end = time.monotonic() + patience
    while (found := look()) is None:
        assert time.monotonic() < end, f"after {patience:.0f} s still not: {what}"
        time.sleep(POLL)
    return found


def require_ingress_port(config: Path) -> None:
    """Requires that the port of the ingress is free, because clusters share it.

    Raises:
        Refused: it is not.
    """
    remedy = (
        "end what listens there; the cluster of `make up` can wait: "
        "`docker stop rookery-control-plane`, and `make up` afterwards"
    )
    require_free(kind_cluster(config).port, "the ingress of the tests' cluster", remedy)


@dataclass(frozen=True)
class Cluster:
    """A kind cluster with a kubeconfig of its own."""

    name: str
    kubeconfig: Path

    def create(self, config: Path = CONFIG) -> None:
        """Creates it in place of one of this name; its nodes are Ready."""
        self.delete()
        require_ingress_port(config)
        image = os.environ.get("KIND_NODE_IMAGE")
        chosen = ("--image", image) if image else ()
        argv = ("kind", "create", "cluster", "--name", self.name, "--config", config, *chosen)
        run(*argv, "--kubeconfig", self.kubeconfig, "--wait", f"{PATIENCE:.0f}s")

    def exists(self) -> bool:
        """Tells whether kind knows it."""
        return self.name in run("kind", "get", "clusters").split()

    def adopt(self) -> None:
        """Writes its kubeconfig anew."""
        run("kind", "export", "kubeconfig", "--name", self.name, "--kubeconfig", self.kubeconfig)

    def delete(self) -> None:
        """Deletes it with all its containers."""
        run("kind", "delete", "cluster", "--name", self.name, "--kubeconfig", self.kubeconfig)
        assert not self.containers()

    def containers(self) -> list[str]:
        """Returns the ids of its nodes' containers, also stopped ones."""
        label = f"label=io.x-k8s.kind.cluster={self.name}"
        return run("docker", "ps", "--all", "--quiet", "--filter", label).split()

    def kubectl(self, *arguments: str, stdin: str = "") -> str:
        """Runs kubectl, and returns its output."""
        return run("kubectl", "--kubeconfig", self.kubeconfig, *arguments, stdin=stdin)

    def nodes(self) -> list[str]:
        """Returns the names of its nodes, which are also those of their containers."""
        return self.kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}").split()

    def has_namespace(self, name: str) -> bool:
        """Tells whether there is a namespace of that name."""
        return bool(self.kubectl("get", "namespace", name, "--ignore-not-found", "-o", "name"))

    def load(self, *images: str) -> None:
        """Loads these images into the nodes; the engine pulls those that it lacks."""
        for image in images:
            if not exists(image):
                run("docker", "pull", image)
        run("kind", "load", "docker-image", "--name", self.name, *images)


@dataclass(frozen=True)
class Namespace:
    """A namespace of one test."""

    cluster: Cluster
    name: str

    def create(self) -> None:
        """Creates it; it admits hardened pods only."""
        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        metadata = {"name": self.name, "labels": labels}
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        # Pods are refused until the controller has made their default account.
        until("a default service account", lambda: self.find("serviceaccount", "default"))

    def delete(self) -> None:
        """Asks for its deletion, and does not wait."""
        self.cluster.kubectl("delete", "namespace", self.name, "--wait=false")

    def kubectl(self, *arguments: str, stdin: str = "") -> str:
        """Runs kubectl in this namespace, and returns its output."""
        return self.cluster.kubectl("--namespace", self.name, *arguments, stdin=stdin)

    def apply(self, *objects: Object) -> None:
        """Applies these objects."""
        for each in objects:
            self.kubectl("apply", "-f", "-", stdin=json.dumps(each))

    def get(self, kind: str, name: str) -> Object:
        """Returns the object as it is now."""
        found: Object = json.loads(self.kubectl("get", kind, name, "-o", "json"))
        return found

    def find(self, kind: str, name: str) -> Object | None:
        """Returns the object, or None where there is none."""
        told = self.kubectl("get", kind, name, "-o", "json", "--ignore-not-found")
        return json.loads(told) if told else None

    def list(self, kind: str, selector: str = "") -> list[Object]:
        """Returns the objects of a kind."""
        chosen = ("--selector", selector) if selector else ()
        found: list[Object] = json.loads(self.kubectl("get", kind, "-o", "json", *chosen))["items"]
        return found

    def wait(self, target: str, condition: str) -> None:
        """Waits for the condition, as `kubectl wait --for` names it."""
        self.kubectl("wait", target, f"--for={condition}", f"--timeout={PATIENCE:.0f}s")

    def logs(self, target: str) -> str:
        """Returns what its container wrote."""
        return self.kubectl("logs", target).strip()

    def report(self) -> str:
        """Collects what helps to see why a test failed: objects, events, descriptions, logs."""
        parts: list[tuple[str, ...]] = [
            ("get", "all,pvc,ingress", "-o", "wide"),
            ("get", "events", "--sort-by=.lastTimestamp"),
            ("describe", "pods"),
        ]
        for pod in self._pods():
            name = f"pod/{pod['metadata']['name']}"
            parts.append(("logs", name, "--all-containers", "--prefix", "--tail=100"))
            parts += [
                ("logs", name, "--container", each["name"], "--tail=100", "--previous")
                for each in pod["status"].get("containerStatuses", ())
                if each["restartCount"]
            ]
        return "\n".join(f"$ kubectl {' '.join(part)}\n{self._told(part)}" for part in parts)

    def _pods(self) -> Iterator[Object]:
        """Returns the pods; none where the API server is away, which the other parts report."""
        with suppress(CommandFailed):
            yield from self.list("pods")

    def _told(self, arguments: tuple[str, ...]) -> str:
        try:
            return self.kubectl(*arguments)
        except CommandFailed as error:
            return str(error)
