"""A port of this machine that leads to a Service through the API server, as with kubectl."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from kubernetes import client
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import portforward

from rookery_core.errors import RookeryError, Unavailable
from rookery_local.cluster.namespace import Namespace, Object
from rookery_local.process.ports import LOOPBACK

CHUNK = 1 << 16
POLL_SECONDS = 0.1
"""How often the listener checks whether it has to end."""

_log = structlog.get_logger()


@contextmanager
def forwarded(namespace: Namespace, service: str, port: str, local: int) -> Iterator[str]:
    """Leads `local` on loopback to the Service's port of that name, for the time of the block.

    Raises:
        NotThere: there is no such Service.
        Unavailable: no pod of it is ready.
    """
    target = _Target(namespace, service, port)
    target.pod_and_port()
    with _Listener((LOOPBACK, local), target) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(POLL_SECONDS,), daemon=True)
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{local}"
        finally:
            listener.shutdown()
            thread.join()


class _Target:
    """The port of a Service; each connection looks for a ready pod, because pods come and go."""

    def __init__(self, namespace: Namespace, service: str, port: str) -> None:
        self._namespace = namespace
        self._service = service
        self._port = port

    def pod_and_port(self) -> tuple[str, int]:
        """Finds the name of a ready pod and the number of its port."""
        spec = self._namespace.service(self._service)["spec"]
        ports = {each["name"]: each["targetPort"] for each in spec["ports"]}
        labels = ",".join(f"{name}={value}" for name, value in spec["selector"].items())
        for pod in self._namespace.pods(labels):
            if is_ready(pod):
                return pod["metadata"]["name"], port_number(pod, ports[self._port])
        raise Unavailable(
            f"no pod of Service {self._service!r} is ready; see `rookery cluster status`"
        )

    def open(self) -> socket.socket:
        """Opens a connection to the pod."""
        pod, number = self.pod_and_port()
        # A client of its own: portforward replaces a method of the client while it opens.
        own = client.ApiClient(self._namespace.api.configuration)
        try:
            opened = portforward(
                client.CoreV1Api(own).connect_get_namespaced_pod_portforward,
                pod,
                self._namespace.name,
                ports=str(number),
            )
        except ApiException as error:
            raise Unavailable(f"port {number} of pod {pod} can't be forwarded: {error}") from None
        found: socket.socket = opened.socket(number)
        return found


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    # Otherwise the connections that a browser keeps open would delay the end.
    block_on_close = False

    def __init__(self, address: tuple[str, int], target: _Target) -> None:
        self.target = target
        super().__init__(address, _Connection)


class _Connection(socketserver.BaseRequestHandler):
    server: _Listener
    request: socket.socket

    def handle(self) -> None:
        """Passes on both directions until either end closes."""
        try:
            inner = self.server.target.open()
        except RookeryError as error:
            _log.warning("connection refused", reason=str(error))
            return
        back = threading.Thread(target=pump, args=(inner, self.request), daemon=True)
        back.start()
        pump(self.request, inner)
        inner.close()
        back.join()


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Passes what comes from `source` on to `sink`; when one of them ends, ends both."""
    # A connection may also end with a reset or a closed socket.
    with suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def is_ready(pod: Object) -> bool:
    """Says whether the pod takes connections and is not being deleted."""
    conditions = pod.get("status", {}).get("conditions", [])
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
    return ready and "deletionTimestamp" not in pod["metadata"]


def port_number(pod: Object, target: int | str) -> int:
    """Finds the number of a Service's target port, which may be the name of a port of the pod."""
    if isinstance(target, int):
        return target
    numbers = {
        port["name"]: port["containerPort"]
        for container in pod["spec"]["containers"]
        for port in container.get("ports", [])
        if "name" in port
    }
    return int(numbers[target])
