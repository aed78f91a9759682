"""A kind cluster: made, taken as it is, given images, removed."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rookery_core.errors import Refused, Unavailable
from rookery_local.kind import programs
from rookery_local.kind.node_images import LISTING, ids, node_images
from rookery_local.process.ports import LOOPBACK, require_free

NODE_IMAGE = "KIND_NODE_IMAGE"
"""The variable that names the image of the nodes, where it is not kind's own."""
READY_SECONDS = 180
POLL_SECONDS = 1.0
KUBECTL = ("kubectl", "--request-timeout=5s")


@dataclass(frozen=True)
class KindCluster:
    """The cluster of a kind configuration."""

    config: Path
    name: str
    port: int
    """Of this machine, where the ingress answers."""

    @property
    def context(self) -> str:
        """Its name in the kubeconfig."""
        return f"kind-{self.name}"

    @property
    def url(self) -> str:
        """Where the ingress answers."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def exists(self) -> bool:
        """Whether kind knows it."""
        return self.name in programs.output("kind", "get", "clusters").split()

    def create(self, on_line: Callable[[str], None]) -> None:
        """It is there, its nodes are Ready, and the kubeconfig names it as current.

        Raises:
            Refused: where the port of its ingress is taken.
            Unavailable: where kind failed; nothing of it is left then.
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
        """Its nodes run, its API server answers and the kubeconfig knows it; the kubeconfig's
        current context is as it was.

        Raises:
            Unavailable: where its API server does not answer within three minutes.
        """
        if stopped := self._containers("--filter", "status=exited"):
            programs.output("docker", "start", *stopped)
        contexts = programs.output("kubectl", "config", "get-contexts", "--output", "name").split()
        if self.context not in contexts:
            programs.output("kind", "export", "kubeconfig", "--name", self.name)
        deadline = time.monotonic() + READY_SECONDS
        while not programs.succeeds(*KUBECTL, "--context", self.context, "get", "--raw", "/readyz"):
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"the API server of cluster {self.name} does not answer; where the cluster is "
                    "half made or broken, remove it (all data in it too): make down"
                )
            time.sleep(POLL_SECONDS)

    def load(self, images: Iterable[str], on_line: Callable[[str], None]) -> int:
        """Its nodes have these images of the engine; returns how many they did not have."""
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
        """What the node knows images by, and the digest of each."""
        return node_images(programs.output("docker", "exec", node, *LISTING))

    def delete(self) -> None:
        """It is gone, with all that was in it, and so is its context."""
        programs.output("kind", "delete", "cluster", "--name", self.name)

    def _nodes(self) -> list[str]:
        return programs.output("kind", "get", "nodes", "--name", self.name).split()

    def _containers(self, *filters: str) -> list[str]:
        label = f"label=io.x-k8s.kind.cluster={self.name}"
        argv = ("docker", "ps", "--all", "--quiet", "--filter", label, *filters)
        return programs.output(*argv).split()


def _tell(line: str, on_line: Callable[[str], None]) -> None:
    """Of what kind says, what it begins with, without its pictures."""
    if line.startswith("•"):
        on_line(line.encode("ascii", "ignore").decode().strip(" ."))


def kind_cluster(config: Path) -> KindCluster:
    """The cluster that the configuration describes.

    Raises:
        Refused: where there is no such file, or it maps no port for the ingress.
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
