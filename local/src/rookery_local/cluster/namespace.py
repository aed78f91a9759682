"""A namespace of a cluster, reached by the person's kubeconfig: its objects are read and made."""

import base64
import json
import os
from collections.abc import Mapping
from typing import Any

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from kubernetes.config.config_exception import ConfigException
from urllib3.exceptions import HTTPError

from rookery_core.errors import Refused, RookeryError, Unavailable

Object = dict[str, Any]
"""A Kubernetes object as the API server sends it, fields unknown to this program included."""

REQUEST_SECONDS = 20.0
NOT_FOUND = 404
CORE, APPS, BATCH = "/api/v1", "/apis/apps/v1", "/apis/batch/v1"
NETWORKING = "/apis/networking.k8s.io/v1"
PATCH = "application/strategic-merge-patch+json"
RELEASE_KINDS = {
    "ConfigMap": (CORE, "configmaps"),
    "CronJob": (BATCH, "cronjobs"),
    "Deployment": (APPS, "deployments"),
    "HorizontalPodAutoscaler": ("/apis/autoscaling/v2", "horizontalpodautoscalers"),
    "Ingress": (NETWORKING, "ingresses"),
    "Job": (BATCH, "jobs"),
    "NetworkPolicy": (NETWORKING, "networkpolicies"),
    "PodDisruptionBudget": ("/apis/policy/v1", "poddisruptionbudgets"),
    "Service": (CORE, "services"),
}
"""The path of each kind whose objects come and go with a release."""


class NoAnswer(Unavailable):
    """The API server does not answer, or only that it cannot at the moment."""


class NotThere(Refused):
    """There is no such object."""


class Namespace:
    """The objects of one namespace as JSON; each method may raise what `connect` names."""

    def __init__(self, api: client.ApiClient, context: str, name: str) -> None:
        self.api = api
        self.context = context
        self.name = name

    def cron_job(self, name: str) -> Object:
        """Reads the CronJob; raises NotThere if there is none."""
        return self._object("GET", f"{self._in(BATCH)}/cronjobs/{name}")

    def cron_jobs(self) -> list[Object]:
        """Lists all CronJobs."""
        return self._list(f"{self._in(BATCH)}/cronjobs")

    def job(self, name: str) -> Object:
        """Reads the Job; raises NotThere if there is none."""
        return self._object("GET", f"{self._in(BATCH)}/jobs/{name}")

    def jobs(self, selector: str = "") -> list[Object]:
        """Lists the Jobs with these labels."""
        return self._list(f"{self._in(BATCH)}/jobs", selector)

    def create_job(self, body: Object) -> Object:
        """Creates a Job; returns it as the API server has admitted it."""
        return self._object("POST", f"{self._in(BATCH)}/jobs", body)

    def objects(self, kind: str) -> list[Object]:
        """Lists the objects of one of the kinds of a release."""
        group, plural = RELEASE_KINDS[kind]
        return self._list(f"{self._in(group)}/{plural}")

    def delete(self, kind: str, name: str) -> None:
        """Deletes the object; what it owns, such as the pods of a Job, is deleted soon after."""
        group, plural = RELEASE_KINDS[kind]
        body = {"propagationPolicy": "Background"}
        self._object("DELETE", f"{self._in(group)}/{plural}/{name}", body)

    def deployments(self, selector: str = "") -> list[Object]:
        """Lists the Deployments with these labels."""
        return self._list(f"{self._in(APPS)}/deployments", selector)

    def deployment(self, name: str) -> Object:
        """Reads the Deployment; raises NotThere if there is none."""
        return self._object("GET", f"{self._in(APPS)}/deployments/{name}")

    def patch_deployment(self, name: str, patch: Object) -> None:
        """Merges the patch into the Deployment."""
        self._object("PATCH", f"{self._in(APPS)}/deployments/{name}", patch)

    def pods(self, selector: str) -> list[Object]:
        """Lists the pods with these labels, the oldest first."""
        found = self._list(f"{self._in(CORE)}/pods", selector)
        return sorted(found, key=lambda pod: str(pod["metadata"]["creationTimestamp"]))

    def log(self, pod: str, container: str) -> str:
        """Reads all that a container of the pod wrote; empty if it has not started or is gone."""
        path, query = f"{self._in(CORE)}/pods/{pod}/log", {"container": container}
        try:
            return self._ask("GET", path, query=query).decode(errors="replace")
        except (NotThere, NotStarted):
            return ""

    def secret(self, name: str) -> dict[str, str]:
        """Reads the keys and values of the Secret; raises NotThere if there is none."""
        found = self._object("GET", f"{self._in(CORE)}/secrets/{name}")
        data: dict[str, str] = found.get("data", {})
        return {key: base64.b64decode(value).decode() for key, value in data.items()}

    def create_secret(
        self, name: str, values: Mapping[str, str], labels: Mapping[str, str] | None = None
    ) -> None:
        """Creates the Secret."""
        metadata = {"name": name, "labels": dict(labels or {})}
        body = {"metadata": metadata, "stringData": dict(values)}
        self._object("POST", f"{self._in(CORE)}/secrets", body)

    def add_to_secret(self, name: str, values: Mapping[str, str]) -> None:
        """Adds the keys to the Secret; the others stay."""
        body = {"stringData": dict(values)}
        self._object("PATCH", f"{self._in(CORE)}/secrets/{name}", body)

    def delete_secret(self, name: str) -> None:
        """Deletes the Secret; raises NotThere if there is none."""
        self._object("DELETE", f"{self._in(CORE)}/secrets/{name}")

    def ingress(self, name: str) -> Object:
        """Reads the Ingress; raises NotThere if there is none."""
        return self._object("GET", f"{self._in(NETWORKING)}/ingresses/{name}")

    def service(self, name: str) -> Object:
        """Reads the Service; raises NotThere if there is none."""
        return self._object("GET", f"{self._in(CORE)}/services/{name}")

    def _in(self, group: str) -> str:
        return f"{group}/namespaces/{self.name}"

    def _list(self, path: str, selector: str = "") -> list[Object]:
        query = {"labelSelector": selector} if selector else {}
        items: list[Object] = self._object("GET", path, query=query)["items"]
        return items

    def _object(
        self,
        method: str,
        path: str,
        body: Object | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Object:
        document = json.loads(self._ask(method, path, body, query))
        assert isinstance(document, dict)
        return document

    def _ask(
        self,
        method: str,
        path: str,
        body: Object | None = None,
        query: Mapping[str, str] | None = None,
    ) -> bytes:
        content = PATCH if method == "PATCH" else "application/json"
        request = self.api.param_serialize(
            method,
            path,
            query_params=list((query or {}).items()),
            header_params={"Accept": "application/json", "Content-Type": content},
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            answer = self.api.call_api(*request, _request_timeout=REQUEST_SECONDS)
            data: bytes = answer.read()
        except (ApiException, HTTPError) as error:
            raise NoAnswer(
                f"the API server of context {self.context!r} does not answer: "
                f"{_cause(error)}; is the cluster up?"
            ) from None
        if not 200 <= answer.status <= 299:
            raise self._translated(answer.status, data)
        return data

    def _translated(self, status: int, data: bytes) -> RookeryError:
        said = _message(data)
        where = f"namespace {self.name!r} of context {self.context!r}"
        if status == NOT_FOUND:
            return NotThere(f"{said} ({where}); choose others with --namespace and --context")
        if "is waiting to start" in said or "is not available" in said:
            return NotStarted(said)
        if status >= 500 or status == 429:
            return NoAnswer(f"the API server answers {status}: {said} ({where})")
        return Refused(f"the API server answers {status}: {said} ({where})")


class NotStarted(Unavailable):
    """A container has no log yet."""


def connect(context: str | None = None, namespace: str | None = None) -> Namespace:
    """Chooses the namespace as kubectl would, or the one named. Sends no request yet.

    Raises:
        Refused: the kubeconfig has no such context; at a later request, the API server refuses.
        Unavailable: at a later request, the API server does not answer.
    """
    try:
        # Read now: the default of the package is the environment at the time of its import.
        files = os.environ.get("KUBECONFIG") or None
        contexts, current = config.list_kube_config_contexts(files)
        chosen = context or current["name"]
        found = {each["name"]: each["context"] for each in contexts}
        if chosen not in found:
            raise Refused(f"the kubeconfig has no context {chosen!r}; there are {sorted(found)}")
        api = config.new_client_from_config(files, context=chosen)
    except ConfigException as error:
        raise Refused(
            f"no cluster is configured: {error}; `make up` makes one, "
            "or name your kubeconfig in KUBECONFIG"
        ) from None
    return Namespace(api, chosen, namespace or found[chosen].get("namespace") or "default")


def _message(data: bytes) -> str:
    try:
        document = json.loads(data)
    except ValueError:
        return data.decode(errors="replace").strip()
    return str(
        document["message"] if isinstance(document, dict) and "message" in document else data
    )


def _cause(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return str(reason or error)
