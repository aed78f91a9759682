"""The buckets of the object store: waited for, and made where they are missing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rookery_mlflow.failure import Unready
from rookery_mlflow.waiting import Patience

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CreateBucketConfigurationTypeDef

HOME_REGION = "us-east-1"
"""The one region that AWS wants unnamed where a bucket is made."""
MADE_MEANWHILE = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
WILL_NEVER_DO = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidBucketName"}


def await_buckets(
    endpoint: str | None, region: str, names: Sequence[str], patience: Patience
) -> None:
    """The store answers and has all these buckets.

    Raises:
        Unready: patience ended before, or the store refuses these keys or names.
    """
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        config=Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 1}),
    )
    for name in names:

        def fault(name: str = name) -> str | None:
            return _fault(client, region, name)

        patience.until(f"the bucket {name}", fault)


def _fault(client: "S3Client", region: str, name: str) -> str | None:
    """Why there is no such bucket; None where there is."""
    try:
        # Listing, not HEAD: an error then has a code and a sentence.
        client.list_objects_v2(Bucket=name, MaxKeys=1)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            return _made(client, region, name)
        return _refusal(error)
    except BotoCoreError as error:
        return str(error)
    return None


def _made(client: "S3Client", region: str, name: str) -> str | None:
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
    """Why the store says no, where that may pass.

    Raises:
        Unready: it will not.
    """
    if error.response["Error"]["Code"] in WILL_NEVER_DO:
        raise Unready(f"{error}; check the Secret of global.s3 and its buckets") from None
    return str(error)
