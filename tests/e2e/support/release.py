"""The release: installed, changed and removed with Helm, as a person does it."""

from dataclasses import dataclass
from typing import NamedTuple

from tests.e2e.support.cluster import Namespace, Object, run, until
from tools.checkout import ROOT

CHART = ROOT / "charts" / "rookery"
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

    def install(self, *options: str, helm: str = HELM_4) -> None:
        """It is installed, and every Job of the installation is complete."""
        self._helm(helm, "install", NAME, str(CHART), *WAITING, *options)

    def upgrade(self, *options: str, helm: str = HELM_4) -> None:
        """It has these values beside its own, and is settled."""
        changed = ("--reset-then-reuse-values", *WAITING, *options)
        self._helm(helm, "upgrade", NAME, str(CHART), *changed)

    def uninstall(self, *, helm: str = HELM_4) -> None:
        """It is gone, and so are its pods; what Helm was told to keep is there."""
        self._helm(helm, "uninstall", NAME, "--wait", "--timeout", "5m")
        self.namespace.kubectl("wait", "pods", "--all", "--for=delete", "--timeout=120s")

    def test(self) -> str:
        """What the chart's own tests say; each ends well."""
        return self._helm(HELM_4, "test", NAME, "--logs", "--timeout", "5m")

    def exists(self) -> bool:
        """Whether Helm knows it."""
        return NAME in self._helm(HELM_4, "list", "--short").split()

    def pods(self, name: str) -> list[Object]:
        """The pods of one part that are not about to end."""
        found = self.namespace.list("pods", f"app.kubernetes.io/name={name}")
        return [each for each in found if "deletionTimestamp" not in each["metadata"]]

    def containers(self) -> list[Container]:
        """Every container of the namespace, those that prepare and those that end included."""
        return [
            Container(
                pod["metadata"]["name"], each["name"], each["restartCount"], bool(each["ready"])
            )
            for pod in self.namespace.list("pods")
            for kind in ("initContainerStatuses", "containerStatuses")
            for each in pod["status"].get(kind, ())
        ]

    def scale(self, name: str, replicas: int) -> None:
        """The part is to have so many pods; it need not have them yet."""
        self.namespace.kubectl("scale", f"deployment/{name}", f"--replicas={replicas}")

    def rolled_out(self, name: str) -> None:
        """The part's pods are those that its Deployment asks for, ready; the old ones are gone."""
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
