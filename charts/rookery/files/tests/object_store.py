"""An object comes back from the S3 server as it was put there, and strangers get nothing.

Where parts have keys of their own, each may do what it is there for, and nothing else.
"""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from uuid import uuid4

import structlog
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr

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


ALL, READ, REMOVE, NOTHING = "read, write and remove", "read", "list and remove", "nothing"
MEANING = {
    ALL: (True, True, True, True),
    READ: (True, True, False, False),
    REMOVE: (False, True, False, True),
    NOTHING: (False, False, False, False),
}
"""By right, whether a user may read, list, write and remove."""
RIGHTS = {
    "mlflow": (ALL, NOTHING, NOTHING),
    "ingest": (NOTHING, READ, NOTHING),
    "trainer": (NOTHING, NOTHING, ALL),
    "retention": (ALL, NOTHING, REMOVE),
    "upload": (NOTHING, ALL, NOTHING),
}
"""By user, what it may do in the buckets of artifacts, of data and of snapshots."""


def main() -> None:
    """Every bucket keeps and removes an object of this pod's; every user has its rights."""
    store, buckets = S3Settings(), tuple(sys.argv[1:])
    try:
        for bucket in dict.fromkeys(filter(None, buckets)):
            round_trip(store, bucket)
        # Where two buckets are one, rights add up.
        if "ROOKERY_STORE_MLFLOW_ACCESS_KEY" in os.environ and len({*buckets}) == len(buckets):
            for user, wanted in RIGHTS.items():
                for bucket, right in zip(buckets, wanted, strict=True):
                    if bucket:
                        has_right(store, user, bucket, right)
            has_no_other_place(store, [each for each in buckets if each])
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"S3 fails: {error}; see that it runs and the Secret's key") from None


def has_right(store: S3Settings, user: str, bucket: str, right: str) -> None:
    """The user may do that in the bucket, and no more.

    Raises:
        RookeryError: it may do less, or more.
    """
    name = f"ROOKERY_STORE_{user.upper()}"
    keys = {
        "access_key": SecretStr(os.environ[f"{name}_ACCESS_KEY"]),
        "secret_key": SecretStr(os.environ[f"{name}_SECRET_KEY"]),
    }
    client = s3_client(store.model_copy(update=keys), CONFIG)
    own, key = s3_client(store, CONFIG), f"rookery-test/{uuid4().hex}"
    own.put_object(Bucket=bucket, Key=key, Body=b"there")
    try:
        reads = allowed(partial(client.get_object, Bucket=bucket, Key=key))
        lists = allowed(partial(client.list_objects_v2, Bucket=bucket, MaxKeys=1))
        writes = allowed(partial(client.put_object, Bucket=bucket, Key=key, Body=b"changed"))
        removes = allowed(partial(client.delete_object, Bucket=bucket, Key=key))
    finally:
        own.delete_object(Bucket=bucket, Key=key)
    wanted = MEANING[right]
    if (reads, lists, writes, removes) != wanted:
        raise RookeryError(
            f"user {user!r} may read, list, write, remove in {bucket!r}: "
            f"{reads}, {lists}, {writes}, {removes}, and should: {wanted}; run the Job databases"
        )
    structlog.get_logger().info("has its rights", user=user, bucket=bucket, right=right)


def has_no_other_place(store: S3Settings, buckets: Sequence[str]) -> None:
    """The key of this pod itself opens no other objects than those of tests.

    Raises:
        RookeryError: it does.
    """
    client = s3_client(store, CONFIG)
    for bucket in buckets:
        key = f"no-test-{uuid4().hex}"
        if allowed(partial(client.put_object, Bucket=bucket, Key=key, Body=b"there")):
            client.delete_object(Bucket=bucket, Key=key)
            raise RookeryError(
                f"user 'test' may write s3://{bucket}/{key}, and should not; run the Job databases"
            )


def allowed(call: Callable[[], object]) -> bool:
    """Whether the store does that; an error other than a refusal is the caller's."""
    try:
        call()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 403:
            raise
        return False
    return True


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
