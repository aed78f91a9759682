"""Sources in an object store."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_core.settings import S3Settings

ATTEMPTS = 2


def s3_blocks(url: str, store: S3Settings, timeout: float, block_bytes: int) -> Iterator[bytes]:
    """The object at `s3://BUCKET/KEY`.

    Raises:
        Refused: if there is no such object, or the credentials may not read it.
        Unavailable: if the store fails, or the body is shorter than announced.
    """
    parts = urlsplit(url, allow_fragments=False)
    bucket, key = parts.netloc, parts.path.removeprefix("/")
    if parts.query:
        key = f"{key}?{parts.query}"
    if not bucket or not key:
        raise Refused(f"{url} names no object; write s3://BUCKET/KEY")
    secret = store.secret_key.get_secret_value() if store.secret_key else None
    access = store.access_key.get_secret_value() if store.access_key else None
    client = boto3.client(
        "s3",
        endpoint_url=store.endpoint_url,
        region_name=store.region,
        aws_access_key_id=access,
        aws_secret_access_key=secret,
        config=Config(
            connect_timeout=timeout,
            read_timeout=timeout,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            # Path style: a bucket needs no DNS name of its own.
            s3={"addressing_style": "path"},
        ),
    )
    try:
        body = client.get_object(Bucket=bucket, Key=key)["Body"]
        yield from body.iter_chunks(block_bytes)
    except ClientError as error:
        raise _fault(url, error) from None
    except BotoCoreError as error:
        raise Unavailable(f"{url} could not be read: {error}; run the job again") from None
    finally:
        client.close()


def _fault(url: str, error: ClientError) -> RookeryError:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    message = error.response.get("Error", {}).get("Message") or str(error)
    if status in {400, 401, 403, 404}:
        return Refused(
            f"{url} may not be read or is not there: {message}; "
            "correct the spec's source.url or ROOKERY_S3_*"
        )
    return Unavailable(f"{url} could not be read: {message}; run the job again")
