"""Upload of a file of this machine into the object store of the cluster."""

from collections.abc import Callable
from pathlib import Path
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
from rookery_local.cluster.namespace import Namespace, NotThere
from rookery_local.cluster.secret_reference import referenced
from rookery_local.process.ports import free_ports

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
    access_key = _key(namespace, "MINIO_ROOT_USER")
    secret_key = _key(namespace, "MINIO_ROOT_PASSWORD")
    with forwarded(namespace, SERVICE, PORT, free_ports(1)[0]) as url:
        settings = S3Settings(
            endpoint_url=url,
            access_key=access_key,
            secret_key=secret_key,
            region="us-east-1",
        )
        store = s3_client(settings, Config(proxies={}))
        try:
            # One part at a time: the forward keeps in memory what it has not passed on yet.
            sequence = TransferConfig(use_threads=False)
            store.upload_file(str(file), bucket, key, Callback=on_bytes, Config=sequence)
        except BotoCoreError as error:
            raise Unavailable(f"the object store does not answer: {error}") from None
        except (ClientError, S3UploadFailedError) as error:
            raise Refused(f"the object store does not take {file} as {target}: {error}") from None
    return f"s3://{bucket}/{key}"


def place(target: str, name: str) -> tuple[str, str]:
    """Splits the target into bucket and key; adds the file's name to a bucket or a folder."""
    parts = urlsplit(target)
    key = parts.path.removeprefix("/")
    if parts.scheme != "s3" or not parts.netloc:
        raise Refused(f"{target!r} names no place in a bucket; write it like s3://data/{name}")
    return parts.netloc, f"{key}{name}" if key.endswith("/") or not key else key


def _key(namespace: Namespace, variable: str) -> SecretStr:
    found = referenced(namespace, SERVICE, variable)
    if found is None:
        raise NotThere(
            f"namespace {namespace.name!r} has no object store of its own; put the file into "
            "yours with its own client, or choose another with --namespace and --context"
        )
    value = found.value(namespace)
    if is_blank(value):
        raise Refused(
            f"key {found.key!r} of Secret {found.secret!r} is empty; give it the object store's key"
        )
    return SecretStr(value)
