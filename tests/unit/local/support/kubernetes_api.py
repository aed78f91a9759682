"""A small Kubernetes API server that answers with the objects that were put into it."""

import base64
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rookery_local.cluster.namespace import RELEASE_KINDS

Object = dict[str, Any]
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: kind-penguins
clusters: [{{name: c, cluster: {{server: "{url}"}}}}]
users: [{{name: u, user: {{}}}}]
contexts: [{{name: kind-penguins, context: {{cluster: c, user: u, namespace: ml}}}}]
"""
CORE = "/api/v1/namespaces/ml"
APPS = "/apis/apps/v1/namespaces/ml"
BATCH = "/apis/batch/v1/namespaces/ml"
NETWORKING = "/apis/networking.k8s.io/v1/namespaces/ml"
KINDS = {"pods", *(plural for _, plural in RELEASE_KINDS.values())}


class ApiServer(ThreadingHTTPServer):
    """Its objects by their paths, and logs by `pod`, for every container of it, or
    `pod/container`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.objects: dict[str, Object] = {}
        self.logs: dict[str, str] = {}
        self.failures = 0
        """How many of the next requests are answered with 503, as while it starts."""

    def created(self, made: Object) -> None:
        """Is called with each object that a client has made."""

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}"

    def put(self, path: str, made: Object) -> None:
        """Adds the object; it is in the list of its kind too."""
        self.objects[f"{path}/{made['metadata']['name']}"] = made

    def found(self, target: str) -> bytes | None:
        """Finds the object at the path, the list of objects below it, or the log of a pod."""
        parts = urlsplit(target)
        if parts.path.endswith("/log"):
            name = parts.path.split("/")[-2]
            # Kubernetes answers 400 where a pod has several containers and none is named.
            [container] = parse_qs(parts.query)["container"]
            found = self.logs.get(f"{name}/{container}", self.logs.get(name))
            return None if found is None else found.encode()
        if parts.path in self.objects:
            return json.dumps(self.objects[parts.path]).encode()
        if parts.path.rpartition("/")[2] not in KINDS:
            return None
        pairs = (pair.split("=", 1) for pair in parse_qs(parts.query).get("labelSelector", []))
        wanted = dict(pairs)
        below = (each for path, each in self.objects.items() if path.startswith(f"{parts.path}/"))
        items = [
            each for each in below if wanted.items() <= each["metadata"].get("labels", {}).items()
        ]
        return json.dumps({"items": items}).encode()


class _Answer(BaseHTTPRequestHandler):
    server: ApiServer

    def do_GET(self) -> None:
        """Answers with what was found, or with 404 in the words of Kubernetes."""
        if self.server.failures:
            self.server.failures -= 1
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._answer(self.server.found(self.path))

    def do_DELETE(self) -> None:
        """Deletes the object, or answers with 404."""
        self._body()
        found = self.server.objects.pop(self.path, None)
        self._answer(None if found is None else b"{}")

    def do_PATCH(self) -> None:
        """Merges values into a Secret, or answers with 404."""
        patch, found = json.loads(self._body()), self.server.objects.get(self.path)
        if found is not None:
            found.setdefault("data", {}).update(_encoded(patch["stringData"]))
        self._answer(None if found is None else json.dumps(found).encode())

    def do_POST(self) -> None:
        """Creates the object, under a name of its own where it has none."""
        made = json.loads(self._body())
        metadata = made["metadata"]
        if "name" not in metadata:
            metadata["name"] = f"{metadata['generateName']}{len(self.server.objects)}"
        self.server.put(self.path, made)
        if "stringData" in made:
            made["data"] = _encoded(made["stringData"])
        self.server.created(made)
        self._answer(json.dumps(made).encode())

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, body: bytes | None) -> None:
        name = self.path.rpartition("/")[2]
        said = body or json.dumps({"message": f'"{name}" not found'}).encode()
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


def _encoded(values: dict[str, str]) -> dict[str, str]:
    return {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
