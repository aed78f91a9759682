"""The release: installed, changed and removed with Helm, as a person does it."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.e2e.support.cluster import Namespace, Object, run, until
from tools.checkout import ROOT

CHART = ROOT / "charts" / "rookery"
KIND = CHART / "kind.yaml"
"""What README and `make up` open beside the chart's defaults."""
NAME = "rookery"
WAITING = ("--wait", "--wait-for-jobs", "--timeout", "15m")
"""As every document has it: back when the routes answer."""
HELM_4, HELM_3 = "helm", "helm3"
VOLUMES = ("postgresql", "minio")
"""The volume claims, which outlive the release."""


class Container(NamedTuple):
    """One container of a pod, as the kubelet reports it."""

    pod: str
    name: str
    restarts: int
    ready: bool


@dataclass(frozen=True)
class Release:
    """The release of a namespace."""

    namespace: Namespace
    chart: Path = CHART
    """By default that of this checkout."""

    def install(self, *options: str, helm: str = HELM_4) -> None:
        """Installs it, and waits until every Job of the installation is complete."""
        opened = (f"--values={KIND}",) if self.chart == CHART else ()
        self._helm(helm, "install", NAME, str(self.chart), *WAITING, *opened, *options)

    def upgrade(self, *options: str, helm: str = HELM_4) -> str:
        """Upgrades it with these values beside its own, waits until all is ready, and returns what
        Helm says."""
        changed = ("--reset-then-reuse-values", *WAITING, *options)
        return self._helm(helm, "upgrade", NAME, str(self.chart), *changed)

    def roll_back(self, *, helm: str = HELM_4) -> None:
        """Goes back to the revision before this one, and waits until all is ready."""
        self._helm(helm, "rollback", NAME, "--wait", "--timeout", "15m")

    def uninstall(self, *, helm: str = HELM_4) -> None:
        """Uninstalls it, and waits for the end of its pods; what Helm is to keep stays."""
        self._helm(helm, "uninstall", NAME, "--wait", "--timeout", "5m")
        self.namespace.kubectl("wait", "pods", "--all", "--for=delete", "--timeout=120s")

    def test(self) -> str:
        """Runs the chart's own tests, and returns what they say."""
        return self._helm(HELM_4, "test", NAME, "--logs", "--timeout", "5m")

    def exists(self) -> bool:
        """Tells whether Helm knows it."""
        return NAME in self._helm(HELM_4, "list", "--short").split()

    def pods(self, name: str) -> list[Object]:
        """Returns the pods of one part that are not about to end."""
        found = self.namespace.list("pods", f"app.kubernetes.io/name={name}")
        return [each for each in found if "deletionTimestamp" not in each["metadata"]]

    def containers(self) -> list[Container]:
        """Returns every container of the namespace, of ending pods and init containers too."""
        return [
            Container(
                pod["metadata"]["name"], each["name"], each["restartCount"], bool(each["ready"])
            )
            for pod in self.namespace.list("pods")
            for kind in ("initContainerStatuses", "containerStatuses")
            for each in pod["status"].get(kind, ())
        ]

    def scale(self, name: str, replicas: int) -> None:
        """Asks for so many pods of the part, and does not wait."""
        self.namespace.kubectl("scale", f"deployment/{name}", f"--replicas={replicas}")

    def rolled_out(self, name: str) -> None:
        """Waits until the part's pods are its Deployment's, ready, and the old ones gone."""
        self.namespace.kubectl("rollout", "status", f"deployment/{name}", "--timeout=300s")
        selector = f"app.kubernetes.io/name={name}"
        until(
            f"the end of {name}'s old pods",
            lambda: len(self.namespace.list("pods", selector)) == len(self.pods(name)) or None,
        )

    def _helm(self, helm: str, *arguments: str) -> str:
        cluster = self.namespace.cluster
        place = ("--namespace", self.namespace.name, "--kubeconfig", cluster.kubeconfig)
        return run(helm, *arguments, *place)
