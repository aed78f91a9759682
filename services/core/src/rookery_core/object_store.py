"""The client of an S3 server, made in one way by every program."""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from rookery_core.settings import S3Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PATH_STYLE = Config(s3={"addressing_style": "path"})
"""A bucket then needs no DNS name of its own."""


def s3_client(settings: S3Settings, config: Config) -> "S3Client":
    """Makes a client that addresses buckets by path; `config` sets its time-outs and retries.

    Without keys in the settings, boto3 looks for them in its own places.
    """
    access, secret = settings.access_key, settings.secret_key
    return boto3.client(
        "s3",
        endpoint_url=settings.endpoint_url,
        region_name=settings.region,
        aws_access_key_id=access.get_secret_value() if access else None,
        aws_secret_access_key=secret.get_secret_value() if secret else None,
        config=PATH_STYLE.merge(config),
    )
