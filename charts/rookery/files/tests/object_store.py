"""An object comes back from the S3 server as it was put there, and strangers get nothing."""

import os
import sys
from functools import partial
from uuid import uuid4

import structlog
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rookery_core import logs
from rookery_core.connection_failure import FIRST_CONNECTION_SECONDS, is_connection_failure
from rookery_core.errors import RookeryError, Unavailable
from rookery_core.job import run_job
from rookery_core.object_store import s3_client
from rookery_core.settings import S3Settings
from rookery_core.waiting import Wait, retrying

CONFIG = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 3},
)


def main() -> None:
    """Both buckets keep and remove an object of this pod's."""
    try:
        for bucket in sys.argv[1:]:
            round_trip(S3Settings(), bucket)
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"S3 fails: {error}; see that it runs and the Secret's key") from None


def round_trip(store: S3Settings, bucket: str) -> None:
    """An object was there and is gone.

    Raises:
        RookeryError: it came back changed, stayed, or was given to a stranger.
    """
    client = s3_client(store, CONFIG)
    key, content = f"rookery-test/{uuid4().hex}", os.urandom(100_000)
    put = partial(client.put_object, Bucket=bucket, Key=key, Body=content)
    retrying(put, is_connection_failure, Wait(FIRST_CONNECTION_SECONDS), "object store")
    try:
        if client.get_object(Bucket=bucket, Key=key)["Body"].read() != content:
            raise RookeryError(f"s3://{bucket}/{key} came back changed; see the server's disk")
        strangers_get_nothing(store, bucket, key)
    finally:
        client.delete_object(Bucket=bucket, Key=key)
    if client.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"]:
        raise RookeryError(f"s3://{bucket}/{key} is still there after it was removed")
    structlog.get_logger().info("kept and removed", bucket=bucket, bytes=len(content))


def strangers_get_nothing(store: S3Settings, bucket: str, key: str) -> None:
    """Who shows no key is refused.

    Raises:
        RookeryError: the object was given away.
    """
    stranger = store.model_copy(update={"access_key": None, "secret_key": None})
    client = s3_client(stranger, CONFIG.merge(Config(signature_version=UNSIGNED)))
    try:
        client.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 403:
            raise
    else:
        raise RookeryError(f"bucket {bucket!r} is open to everybody; take its policy away")


if __name__ == "__main__":
    logs.configure()
    sys.exit(run_job(main))
