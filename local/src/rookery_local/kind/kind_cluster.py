"""A kind cluster: made, started again, loaded with images, removed."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rookery_core.errors import Refused
from rookery_core.waiting import Wait, poll_until
from rookery_local.kind import programs
from rookery_local.kind.node_images import LISTING, ids, node_images
from rookery_local.process.ports import LOOPBACK, require_free

NODE_IMAGE = "KIND_NODE_IMAGE"
"""The environment variable that names another image of the nodes than kind's own."""
READY_SECONDS = 180
POLL_SECONDS = 1.0
KUBECTL = ("kubectl", "--request-timeout=5s")


@dataclass(frozen=True)
class KindCluster:
    """The cluster of a kind configuration."""

    config: Path
    name: str
    port: int
    """The port of this machine on which the ingress answers."""

    @property
    def context(self) -> str:
        """The name of its context in the kubeconfig."""
        return f"kind-{self.name}"

    @property
    def url(self) -> str:
        """The address of the ingress."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def exists(self) -> bool:
        """Says whether kind knows the cluster."""
        return self.name in programs.output("kind", "get", "clusters").split()

    def create(self, on_line: Callable[[str], None]) -> None:
        """Creates the cluster, waits until its nodes are Ready, and makes its context current.

        Raises:
            Refused: the port of its ingress is in use.
            Unavailable: kind failed; then nothing of the cluster is left.
        """
        require_free(
            self.port,
            "the ingress",
            f"end what listens there (`kind get clusters`?), or edit {self.config}",
        )
        argv = [
            "kind",
            "create",
            "cluster",
            "--config",
            str(self.config),
            "--wait",
            f"{READY_SECONDS}s",
        ]
        if image := os.environ.get(NODE_IMAGE):
            argv += ["--image", image]
        try:
            programs.followed(argv, lambda line: _tell(line, on_line))
        except BaseException:
            self.delete()
            raise

    def adopt(self) -> None:
        """Starts the nodes, waits for the API server, and adds the context if it is missing.

        It leaves the current context of the kubeconfig as it is.

        Raises:
            Unavailable: the API server does not answer within three minutes.
        """
        if stopped := self._containers("--filter", "status=exited"):
            programs.output("docker", "start", *stopped)
        contexts = programs.output("kubectl", "config", "get-contexts", "--output", "name").split()
        if self.context not in contexts:
            programs.output("kind", "export", "kubeconfig", "--name", self.name)
        ask = (*KUBECTL, "--context", self.context, "get", "--raw", "/readyz")
        poll_until(
            lambda: programs.succeeds(*ask) or None,
            Wait(READY_SECONDS, POLL_SECONDS),
            lambda: (
                f"the API server of cluster {self.name} does not answer; where the cluster is "
                "half made or broken, remove it (all data in it too): make down"
            ),
        )

    def load(self, images: Iterable[str], on_line: Callable[[str], None]) -> int:
        """Loads the images of the engine that the nodes lack; returns how many these were."""
        nodes = [self.node_images(node) for node in self._nodes()]
        wanted = []
        for image in images:
            built = programs.output("docker", "image", "inspect", "--format", "{{.Id}}", image)
            if not all(built.strip() in ids(node, image) for node in nodes):
                wanted.append(image)
        if wanted:
            argv = ["kind", "load", "docker-image", "--name", self.name, *wanted]
            programs.followed(argv, on_line)
        return len(wanted)

    def node_images(self, node: str) -> dict[str, str]:
        """Lists the names by which the node knows images, each with its digest."""
        return node_images(programs.output("docker", "exec", node, *LISTING))

    def delete(self) -> None:
        """Deletes the cluster with everything in it, and its context."""
        programs.output("kind", "delete", "cluster", "--name", self.name)

    def _nodes(self) -> list[str]:
        return programs.output("kind", "get", "nodes", "--name", self.name).split()

    def _containers(self, *filters: str) -> list[str]:
        label = f"label=io.x-k8s.kind.cluster={self.name}"
        argv = ("docker", "ps", "--all", "--quiet", "--filter", label, *filters)
        return programs.output(*argv).split()


def _tell(line: str, on_line: Callable[[str], None]) -> None:
    """Passes on the steps that kind announces, without its symbols."""
    if line.startswith("•"):
        on_line(line.encode("ascii", "ignore").decode().strip(" ."))


def kind_cluster(config: Path) -> KindCluster:
    """Reads the cluster that the configuration describes.

    Raises:
        Refused: there is no such file, or it maps no port for the ingress.
    """
    try:
        document = yaml.safe_load(config.read_text())
    except FileNotFoundError:
        raise Refused(
            f"there is no {config} here; run it in the folder of Rookery's checkout"
        ) from None
    return KindCluster(config, str(document.get("name", "kind")), _port(config, document))


def _port(config: Path, document: dict[str, Any]) -> int:
    for node in document.get("nodes", []):
        for mapping in node.get("extraPortMappings", []):
            return int(mapping["hostPort"])
    raise Refused(f"{config} maps no port of this machine to the ingress; see kind-config.yaml")
