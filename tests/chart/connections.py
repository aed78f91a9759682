"""Which container is told to connect to what, by the addresses in its environment."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from tests.chart.environment import environment
from tests.chart.manifests import Object, Pod, of_kind, pods, selects
from tests.some import some

HOSTS = ("ROOKERY_POSTGRES_HOST", "ROOKERY_MLFLOW_POSTGRES_HOST", "PGHOST")
URLS = (
    "ROOKERY_MLFLOW_URL",
    "ROOKERY_API_URL",
    "ROOKERY_S3_ENDPOINT_URL",
    "MLFLOW_S3_ENDPOINT_URL",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
)


def addresses(variables: dict[str, str]) -> list[tuple[str, int]]:
    """Host and port of each backing service that these variables name."""
    found = [
        (variables[host], int(variables[host.replace("HOST", "PORT")]))
        for host in HOSTS
        if host in variables
    ]
    for url in URLS:
        if variables.get(url):
            parts = urlsplit(variables[url])
            assert parts.hostname, f"{url}={variables[url]}"
            found.append((parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme]))
    return found


def external(host: str) -> bool:
    """Whether it is no Service of this namespace."""
    return "." in host


def connections(objects: Sequence[Object]) -> list[tuple[Pod, Pod, int]]:
    """Client, server and the server's port, where the server is a pod of the release.

    There must be some.
    """
    return some(_connections(objects))


def _connections(objects: Sequence[Object]) -> Iterator[tuple[Pod, Pod, int]]:
    for pod in pods(objects):
        for container in pod.containers:
            for host, port in addresses(environment(container, objects)):
                for service in of_kind(objects, "Service"):
                    if service["metadata"]["name"] == host:
                        yield pod, *_behind(objects, service["spec"], port)


def _behind(objects: Sequence[Object], spec: Object, port: int) -> tuple[Pod, int]:
    (target,) = (each["targetPort"] for each in spec["ports"] if each["port"] == port)
    selector = {"matchLabels": spec["selector"]}
    (server,) = (pod for pod in pods(objects) if selects(selector, pod.labels))
    ports = {p["name"]: p["containerPort"] for c in server.containers for p in c.get("ports", ())}
    return server, ports[target]
