"""The buckets of the object store: waited for, and made where they are missing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rookery_core.errors import RookeryError
from rookery_core.object_store import s3_client
from rookery_core.settings import S3Settings
from rookery_core.waiting import Wait, poll_until

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CreateBucketConfigurationTypeDef

CONFIG = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 1})
HOME_REGION = "us-east-1"
"""The one region that AWS wants unnamed where a bucket is made."""
MADE_MEANWHILE = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
WILL_NEVER_DO = {"SignatureDoesNotMatch", "InvalidBucketName"}
"""An unknown access key is none of them: the bootstrap may not have made the user yet."""


def await_buckets(store: S3Settings, names: Sequence[str], wait: Wait) -> None:
    """Waits until the store answers, and makes those of the buckets that are missing.

    Raises:
        RookeryError: the store refuses this secret or these names, or the time is up.
    """
    client = s3_client(store, CONFIG)
    for name in names:
        _await_bucket(client, store.region, name, wait)


def _await_bucket(client: "S3Client", region: str, name: str, wait: Wait) -> None:
    faults = [""]

    def look() -> bool | None:
        fault = _fault(client, region, name)
        if fault is None:
            return True
        if fault != faults[-1]:
            structlog.get_logger().info(f"waiting for the bucket {name}", reason=fault)
            faults.append(fault)
        return None

    poll_until(
        look,
        wait,
        lambda: f"the bucket {name} is not there after {wait.seconds:g} s: {faults[-1]}",
    )


def _fault(client: "S3Client", region: str, name: str) -> str | None:
    """Says why there is no such bucket; None if there is one now."""
    try:
        # Listing, not HEAD: an error then has a code and a sentence.
        client.list_objects_v2(Bucket=name, MaxKeys=1)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            return _make(client, region, name)
        return _refusal(error)
    except BotoCoreError as error:
        return str(error)
    return None


def _make(client: "S3Client", region: str, name: str) -> str | None:
    """Makes the bucket; says why it can't."""
    try:
        if region == HOME_REGION:
            client.create_bucket(Bucket=name)
        else:
            where: CreateBucketConfigurationTypeDef = {"LocationConstraint": region}  # type: ignore[typeddict-item]
            client.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    except ClientError as error:
        if error.response["Error"]["Code"] not in MADE_MEANWHILE:
            return _refusal(error)
    except BotoCoreError as error:
        return str(error)
    return None


def _refusal(error: ClientError) -> str:
    """Says why the store refuses, if that may pass.

    Raises:
        RookeryError: it will not.
    """
    if error.response["Error"]["Code"] in WILL_NEVER_DO:
        raise RookeryError(f"{error}; check the Secret of global.s3 and its buckets") from None
    return str(error)
