"""A real cluster and namespaces in it, as the tests use them: through kind and kubectl."""

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
    """What the program wrote to standard output."""
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
    """What `look` found as soon as it found something; AssertionError after `patience` seconds."""
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
    """A kind cluster of its own kubeconfig."""

    name: str
    kubeconfig: Path

    def create(self, config: Path = CONFIG) -> None:
        """It is there and its nodes are Ready; one of this name from before is gone."""
        self.delete()
        require_ingress_port(config)
        image = os.environ.get("KIND_NODE_IMAGE")
        chosen = ("--image", image) if image else ()
        argv = ("kind", "create", "cluster", "--name", self.name, "--config", config, *chosen)
        run(*argv, "--kubeconfig", self.kubeconfig, "--wait", f"{PATIENCE:.0f}s")

    def exists(self) -> bool:
        """Whether kind knows it."""
        return self.name in run("kind", "get", "clusters").split()

    def adopt(self) -> None:
        """Its kubeconfig is written anew."""
        run("kind", "export", "kubeconfig", "--name", self.name, "--kubeconfig", self.kubeconfig)

    def delete(self) -> None:
        """It is gone, and so is every container of it."""
        run("kind", "delete", "cluster", "--name", self.name, "--kubeconfig", self.kubeconfig)
        assert not self.containers()

    def containers(self) -> list[str]:
        """The ids of its nodes' containers, stopped ones too."""
        label = f"label=io.x-k8s.kind.cluster={self.name}"
        return run("docker", "ps", "--all", "--quiet", "--filter", label).split()

    def kubectl(self, *arguments: str, stdin: str = "") -> str:
        """What kubectl says."""
        return run("kubectl", "--kubeconfig", self.kubeconfig, *arguments, stdin=stdin)

    def nodes(self) -> list[str]:
        """The names of its nodes, which are also those of their containers."""
        return self.kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}").split()

    def has_namespace(self, name: str) -> bool:
        """Whether there is a namespace of that name."""
        return bool(self.kubectl("get", "namespace", name, "--ignore-not-found", "-o", "name"))

    def load(self, *images: str) -> None:
        """The nodes have these images of the engine, which pulls those it lacks."""
        for image in images:
            if not run("docker", "image", "ls", "--quiet", image):
                run("docker", "pull", image)
        run("kind", "load", "docker-image", "--name", self.name, *images)


@dataclass(frozen=True)
class Namespace:
    """A namespace of one test."""

    cluster: Cluster
    name: str

    def create(self) -> None:
        """It is there and admits hardened pods only."""
        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        metadata = {"name": self.name, "labels": labels}
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        # Pods are refused until the controller has made their default account.
        until("a default service account", lambda: self.find("serviceaccount", "default"))

    def delete(self) -> None:
        """It is gone, sooner or later."""
        self.cluster.kubectl("delete", "namespace", self.name, "--wait=false")

    def kubectl(self, *arguments: str, stdin: str = "") -> str:
        """What kubectl says, asked about this namespace."""
        return self.cluster.kubectl("--namespace", self.name, *arguments, stdin=stdin)

    def apply(self, *objects: Object) -> None:
        """The API server has admitted these objects."""
        for each in objects:
            self.kubectl("apply", "-f", "-", stdin=json.dumps(each))

    def get(self, kind: str, name: str) -> Object:
        """The object as it is now."""
        found: Object = json.loads(self.kubectl("get", kind, name, "-o", "json"))
        return found

    def find(self, kind: str, name: str) -> Object | None:
        """The object, or None where there is none."""
        told = self.kubectl("get", kind, name, "-o", "json", "--ignore-not-found")
        return json.loads(told) if told else None

    def list(self, kind: str, selector: str = "") -> list[Object]:
        """The objects of a kind."""
        chosen = ("--selector", selector) if selector else ()
        found: list[Object] = json.loads(self.kubectl("get", kind, "-o", "json", *chosen))["items"]
        return found

    def wait(self, target: str, condition: str) -> None:
        """The condition holds, as `kubectl wait --for` names it."""
        self.kubectl("wait", target, f"--for={condition}", f"--timeout={PATIENCE:.0f}s")

    def logs(self, target: str) -> str:
        """What its container wrote."""
        return self.kubectl("logs", target).strip()

    def report(self) -> str:
        """All that helps to see why a test failed here: objects, events, descriptions, logs."""
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
        """The pods; none where the API server is away, which the other parts then tell."""
        with suppress(CommandFailed):
            yield from self.list("pods")

    def _told(self, arguments: tuple[str, ...]) -> str:
        try:
            return self.kubectl(*arguments)
        except CommandFailed as error:
            return str(error)
