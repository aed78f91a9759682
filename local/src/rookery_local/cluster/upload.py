"""Upload of a file of this machine into the object store of the cluster."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr

from rookery_core.errors import Refused, Unavailable
from rookery_core.object_store import s3_client
from rookery_core.secret import is_blank
from rookery_core.settings import S3Settings
from rookery_local.cluster.forward import forwarded
from rookery_local.cluster.namespace import NOT_FOUND, Namespace, NotThere
from rookery_local.cluster.secret_reference import SecretReference, referenced
from rookery_local.process.ports import free_ports

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SERVICE, PORT = "minio", "s3"


def upload(namespace: Namespace, file: Path, target: str, on_bytes: Callable[[int], None]) -> str:
    """Uploads the file to `target` and returns its whole `s3://` name.

    `on_bytes` receives the size of each part that was sent.

    Raises:
        Refused: `target` names no bucket, or there is no such bucket.
        NotThere: the cluster has no object store of its own.
        Unavailable: the store does not answer.
    """
    bucket, key = place(target, file.name)
    with opened_store(namespace) as store:
        _send(store, file, (bucket, key), on_bytes)
    return f"s3://{bucket}/{key}"


@dataclass(frozen=True)
class Content:
    """What a file holds."""

    file: Path
    sha256: str
    state: tuple[int, ...]
    """By the file system; another one means that the file was changed."""

    @property
    def key(self) -> str:
        """Names the object: by its content, with the ending of the file."""
        return f"{self.sha256}{self.file.suffix.lower()}"


def content_of(file: Path) -> Content:
    """Reads the file's SHA-256."""
    state = _state(file)
    with file.open("rb") as stream:
        return Content(file, hashlib.file_digest(stream, "sha256").hexdigest(), state)


def put_content(
    store: "S3Client", content: Content, bucket: str, on_bytes: Callable[[int], None]
) -> str:
    """Stores the content under its SHA-256 and returns its whole `s3://` name.

    Nothing is overwritten: an object of that name has that content.

    Raises:
        Refused: the file was changed meanwhile.
    """
    key = content.key
    if not _exists(store, bucket, key):
        _send(store, content.file, (bucket, key), on_bytes)
        if _state(content.file) != content.state:
            # What was sent may be neither the old content nor the new one.
            store.delete_object(Bucket=bucket, Key=key)
            raise Refused(
                f"{content.file} was changed while it was sent; do it again once it is whole"
            )
    return f"s3://{bucket}/{key}"


@contextmanager
def opened_store(namespace: Namespace) -> Iterator["S3Client"]:
    """Opens the object store of the cluster for the time of the block.

    Raises:
        NotThere: the cluster has no object store of its own.
        Refused: the store does not take what it is given in the block.
        Unavailable: the store does not answer.
    """
    access_key = _key(namespace, "MINIO_ROOT_USER", "upload-access-key")
    secret_key = _key(namespace, "MINIO_ROOT_PASSWORD", "upload-secret-key")
    with forwarded(namespace, SERVICE, PORT, free_ports(1)[0]) as url:
        settings = S3Settings(
            endpoint_url=url,
            access_key=access_key,
            secret_key=secret_key,
            region="us-east-1",
        )
        try:
            yield s3_client(settings, Config(proxies={}))
        except BotoCoreError as error:
            raise Unavailable(f"the object store does not answer: {error}") from None
        except (ClientError, S3UploadFailedError) as error:
            raise Refused(f"the object store does not take it: {error}") from None


def _send(
    store: "S3Client", file: Path, place: tuple[str, str], on_bytes: Callable[[int], None]
) -> None:
    # One part at a time: the forward keeps in memory what it has not passed on yet.
    sequence = TransferConfig(use_threads=False)
    store.upload_file(str(file), *place, Callback=on_bytes, Config=sequence)


def _exists(store: "S3Client", bucket: str, key: str) -> bool:
    try:
        store.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != NOT_FOUND:
            raise
        # A missing bucket is told by the upload that follows.
        return False
    return True


def _state(file: Path) -> tuple[int, ...]:
    found = file.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def place(target: str, name: str) -> tuple[str, str]:
    """Splits the target into bucket and key; adds the file's name to a bucket or a folder."""
    parts = urlsplit(target)
    key = parts.path.removeprefix("/")
    if parts.scheme != "s3" or not parts.netloc:
        raise Refused(f"{target!r} names no place in a bucket; write it like s3://data/{name}")
    return parts.netloc, f"{key}{name}" if key.endswith("/") or not key else key


def _key(namespace: Namespace, variable: str, own: str) -> SecretStr:
    """Reads the key of uploads; the store's first key where all have that one.

    The Secret is the one from which the store itself takes its first key.
    """
    found = referenced(namespace, SERVICE, variable)
    if found is None:
        raise NotThere(
            f"namespace {namespace.name!r} has no object store of its own; put the file into "
            "yours with its own client, or choose another with --namespace and --context"
        )
    held = namespace.secret(found.secret)
    key = own if own in held else found.key
    value = SecretReference(found.secret, key).value(namespace)
    if is_blank(value):
        raise Refused(
            f"key {key!r} of Secret {found.secret!r} is empty; give it the object store's key"
        )
    return SecretStr(value)
