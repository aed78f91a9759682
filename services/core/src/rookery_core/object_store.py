"""The client of an S3 server, made in one way by every program."""

import os
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.session import Session

from rookery_core.settings import S3Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PATH_STYLE = Config(s3={"addressing_style": "path"})
"""A bucket then needs no DNS name of its own."""


def s3_client(settings: S3Settings, config: Config) -> "S3Client":
    """Makes a client that addresses buckets by path; `config` sets its time-outs and retries.

    Without keys in the settings, boto3 looks for them in its own places. With keys and an address,
    it looks at nothing of AWS's but `AWS_CA_BUNDLE`: a profile of AWS's is not about that server.
    """
    access, secret = settings.access_key, settings.secret_key
    of_its_own = bool(settings.endpoint_url and access and secret)
    session = boto3.Session(botocore_session=_secluded() if of_its_own else None)
    return session.client(
        "s3",
        endpoint_url=settings.endpoint_url,
        region_name=settings.region,
        aws_access_key_id=access.get_secret_value() if access else None,
        aws_secret_access_key=secret.get_secret_value() if secret else None,
        config=PATH_STYLE.merge(config),
    )


def _secluded() -> Session:
    """Makes a session that reads no variable and no file of AWS's, `AWS_CA_BUNDLE` excepted."""
    nowhere = {
        name: (None, None, default, conversion)
        for name, (_, _, default, conversion) in Session.SESSION_VARIABLES.items()
        if name != "ca_bundle"
    }
    files = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    return Session(session_vars=nowhere | files)
