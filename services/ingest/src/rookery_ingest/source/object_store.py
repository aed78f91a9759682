"""Sources in an object store."""

import re
from collections.abc import Iterator
from functools import partial

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    MetadataRetrievalError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as NoConnection

from rookery_core.connection_failure import is_connection_failure, is_tls_refusal
from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_core.object_store import s3_client
from rookery_core.settings import S3Settings
from rookery_core.waiting import Wait, retrying
from rookery_ingest.source.redaction import redacted

ATTEMPTS = 2
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")
"""No ARN: it would choose another host than the endpoint's."""
_LATER = {408, 425, 429}
"""Answers of the 400s that may change by themselves."""
_LATER_CODES = {"RequestTimeout", "SlowDown", "RequestLimitExceeded", "ThrottlingException"}
"""The same in the store's own words, whatever the status."""
_TRANSIENT = (
    HTTPClientError,
    NoConnection,
    IncompleteReadError,
    CredentialRetrievalError,
    MetadataRetrievalError,
    TokenRetrievalError,
)
"""The errors of the client that are not about its configuration."""


def s3_blocks(
    url: str,
    store: S3Settings,
    timeout: float,
    first_connection: Wait,
    block_bytes: int,
) -> Iterator[bytes]:
    """Yields the object at `s3://BUCKET/KEY`; a first connection that fails is tried again.

    Raises:
        Refused: there is no such object, or the credentials are missing or may not read it.
        Unavailable: the store failed, or the body is shorter than announced.
    """
    name = redacted(url)
    bucket, key = _place(url, name)
    config = Config(
        connect_timeout=timeout,
        read_timeout=timeout,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
    )
    try:
        client = s3_client(store, config)
    except (BotoCoreError, ValueError) as error:
        raise Refused(f"{name} can't be asked for: {error}; correct ROOKERY_S3_*") from None
    try:
        ask = partial(client.get_object, Bucket=bucket, Key=key)
        body = retrying(ask, is_connection_failure, first_connection, "object store")["Body"]
        yield from body.iter_chunks(block_bytes)
    except ClientError as error:
        raise _fault(name, error) from None
    except BotoCoreError as error:
        raise _failure(name, error) from None
    except RecursionError:
        # The client recurses when it is sent to another region that the answer does not name.
        raise Refused(
            f"{name} is elsewhere, and its store does not say where; correct "
            "ROOKERY_S3_ENDPOINT_URL or ROOKERY_S3_REGION"
        ) from None
    finally:
        client.close()


def _place(url: str, name: str) -> tuple[str, str]:
    bucket, _, key = url.removeprefix("s3://").partition("/")
    if not _BUCKET.fullmatch(bucket) or not key:
        raise Refused(f"{name} names no object; write s3://BUCKET/KEY")
    return bucket, key


def _fault(name: str, error: ClientError) -> RookeryError:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message") or str(error)
    if status >= 500 or status in _LATER or code in _LATER_CODES:
        return Unavailable(f"{name} could not be read: {message}; run the job again")
    return Refused(
        f"{name} may not be read or is not there: {message}; "
        "correct the spec's source.url or ROOKERY_S3_*"
    )


def _failure(name: str, error: BotoCoreError) -> RookeryError:
    if isinstance(error, _TRANSIENT) and not is_tls_refusal(error):
        return Unavailable(f"{name} could not be read: {error}; run the job again")
    return Refused(
        f"{name} can't be read: {error}; set ROOKERY_S3_ENDPOINT_URL, ROOKERY_S3_ACCESS_KEY and "
        "ROOKERY_S3_SECRET_KEY to those of the store that holds it"
    )
