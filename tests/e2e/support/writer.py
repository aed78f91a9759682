"""A client that writes rows or objects all the time, and knows which were acknowledged.

It stands outside of the cluster, so that it outlives pods and nodes, and comes in through a
NodePort of the node's container.
"""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import boto3
import psycopg2
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from tests.e2e.support.cluster import Namespace, Object, run, until

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PORTS = {"postgresql": 5432, "minio": 9000}
"""By part, where its server listens in the pod."""
PAUSE = 0.02
"""Between two writes: some tens a second are enough, and leave the machine to the servers."""
SECONDS = 5
"""The longest that one write may take: a server that is gone does not say so."""
NAME = "acknowledged"
"""Of the table and of the bucket."""


class Store(Protocol):
    """Where numbers are written to; OSError if the server did not acknowledge a request."""

    def write(self, number: int) -> None:
        """Writes the number."""

    def numbers(self) -> set[int]:
        """Returns the numbers that are there."""

    def remove(self) -> None:
        """Removes all of it."""


@dataclass(frozen=True)
class NodePort:
    """The way to a part's pod that also works while the API server is away."""

    node: str
    port: int

    @property
    def host(self) -> str:
        """Returns the address of the node's container; empty while that is stopped."""
        template = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        return run("docker", "inspect", "--format", template, self.node).strip()


class Rows:
    """A table of PostgreSQL."""

    def __init__(self, namespace: Namespace, node_port: NodePort) -> None:
        self.node_port = node_port
        self.password = secret(namespace, "postgresql", "postgres")
        self.connection: psycopg2.extensions.connection | None = None

    def write(self, number: int) -> None:
        self._ask("INSERT INTO acknowledged VALUES (%s)", number)

    def numbers(self) -> set[int]:
        return {number for (number,) in self._ask("SELECT number FROM acknowledged")}

    def remove(self) -> None:
        self._ask("DROP TABLE acknowledged")

    def _ask(self, statement: str, *values: int) -> list[tuple[int]]:
        try:
            if self.connection is None:
                self.connection = self._connect()
            with self.connection.cursor() as cursor:
                cursor.execute(statement, values)
                return list(cursor.fetchall()) if cursor.description else []
        except psycopg2.Error as error:
            self.connection = None
            raise OSError(str(error)) from error

    def _connect(self) -> "psycopg2.extensions.connection":
        made = psycopg2.connect(
            host=self.node_port.host,
            port=self.node_port.port,
            user="postgres",
            password=self.password,
            dbname="postgres",
            connect_timeout=SECONDS,
            keepalives_idle=1,
            keepalives_interval=1,
            keepalives_count=SECONDS,
            tcp_user_timeout=SECONDS * 1000,
        )
        made.autocommit = True
        with made.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS acknowledged (number int PRIMARY KEY)")
        return made


class Objects:
    """A bucket of MinIO."""

    def __init__(self, namespace: Namespace, node_port: NodePort) -> None:
        self.node_port = node_port
        self.keys = [secret(namespace, "s3", key) for key in ("access-key", "secret-key")]
        self.client: S3Client | None = None

    def write(self, number: int) -> None:
        with self._asked() as client:
            client.put_object(Bucket=NAME, Key=f"{number}", Body=body(number))

    def numbers(self) -> set[int]:
        with self._asked() as client:
            return {number for number in listed(client) if stored(client, number) == body(number)}

    def remove(self) -> None:
        with self._asked() as client:
            for number in listed(client):
                client.delete_object(Bucket=NAME, Key=f"{number}")
            client.delete_bucket(Bucket=NAME)

    @contextmanager
    def _asked(self) -> Iterator["S3Client"]:
        try:
            if self.client is None:
                self.client = self._connect()
            yield self.client
        except (BotoCoreError, ClientError) as error:
            self.client = None
            raise OSError(str(error)) from error

    def _connect(self) -> "S3Client":
        host = self.node_port.host
        if not host:
            raise ConnectionRefusedError("the node is stopped")
        client = boto3.client(
            "s3",
            endpoint_url=f"http://{host}:{self.node_port.port}",
            region_name="us-east-1",
            aws_access_key_id=self.keys[0],
            aws_secret_access_key=self.keys[1],
            config=Config(
                s3={"addressing_style": "path"},
                connect_timeout=SECONDS,
                read_timeout=SECONDS,
                retries={"total_max_attempts": 1},
                proxies={},
            ),
        )
        with suppress(client.exceptions.BucketAlreadyOwnedByYou):
            client.create_bucket(Bucket=NAME)
        return client


def body(number: int) -> bytes:
    """Returns the content of the object of a number; it shows a torn object."""
    return f"{number} ".encode() * 500


def listed(client: "S3Client") -> list[int]:
    """Returns the numbers of all objects."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=NAME)
    return [int(each["Key"]) for page in pages for each in page.get("Contents", ())]


def stored(client: "S3Client", number: int) -> bytes:
    """Returns the object of a number."""
    return client.get_object(Bucket=NAME, Key=f"{number}")["Body"].read()


@dataclass
class Writer:
    """One store, written to from the start until `stop`."""

    store: Store
    acknowledged: list[int] = field(default_factory=list)
    refused: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._write, name="writer")

    def _write(self) -> None:
        number = 0
        while not self.stopped.wait(PAUSE):
            # Each once: of a number whose answer did not arrive nobody knows whether it is there.
            number += 1
            try:
                self.store.write(number)
            except OSError:
                self.refused += 1
            else:
                self.acknowledged.append(number)

    def writes_again(self) -> None:
        """Waits until more is acknowledged than now."""
        before = len(self.acknowledged)
        until("more acknowledged writes", lambda: len(self.acknowledged) > before + 10 or None)

    def lost(self) -> set[int]:
        """Stops writing, and returns acknowledged numbers that are not there."""
        self.stopped.set()
        self.thread.join()
        return set(self.acknowledged) - until("what is stored", self._stored)

    def _stored(self) -> set[int] | None:
        try:
            return self.store.numbers()
        except OSError:
            return None


@contextmanager
def written_to(namespace: Namespace, part: str) -> Iterator[Writer]:
    """Writes to the part within the block, and removes all of it afterwards."""
    service = outside(part)
    namespace.apply(service, let_in(part))
    store: Store
    match part:
        case "postgresql":
            store = Rows(namespace, node_port(namespace, service))
        case _:
            store = Objects(namespace, node_port(namespace, service))
    writer = Writer(store)
    writer.thread.start()
    try:
        writer.writes_again()
        yield writer
        writer.lost()
        store.remove()
    finally:
        writer.stopped.set()
        writer.thread.join()
        namespace.kubectl("delete", "service,networkpolicy", service["metadata"]["name"])


def outside(part: str) -> Object:
    """Makes a NodePort in front of the part's pod."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": f"{part}-outside"},
        "spec": {
            "type": "NodePort",
            "selector": {"app.kubernetes.io/name": part},
            "ports": [{"port": PORTS[part]}],
        },
    }


def let_in(part: str) -> Object:
    """Makes a NetworkPolicy that lets everybody in, beside the part's own: policies add up."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"{part}-outside"},
        "spec": {
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": part}},
            "ingress": [{"ports": [{"port": PORTS[part]}]}],
        },
    }


def node_port(namespace: Namespace, service: Object) -> NodePort:
    """Finds the NodePort that a Service was given, on the first node."""
    (node, *_) = namespace.cluster.nodes()
    (port,) = namespace.get("service", service["metadata"]["name"])["spec"]["ports"]
    return NodePort(node, int(port["nodePort"]))


def secret(namespace: Namespace, name: str, key: str) -> str:
    """Reads a value of a Secret of the release."""
    return base64.b64decode(namespace.get("secret", name)["data"][key]).decode()
