"""Makes the buckets and, in a MinIO, the users of the object store."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import certifi
import structlog
import urllib3
from minio import MinioAdmin
from minio.credentials.providers import StaticProvider
from minio.error import MinioAdminException
from urllib3.exceptions import HTTPError

from rookery_core.buckets import await_buckets
from rookery_core.errors import Refused, Unavailable
from rookery_core.secret import is_blank
from rookery_core.settings import S3Settings
from rookery_core.waiting import Wait
from rookery_ingest.bootstrap.settings import Key
from rookery_ingest.bootstrap.store_rights import Buckets, Policy, policies

PREFIX = "rookery-"
"""How the names of our policies begin; a user with one of them is ours."""
TIMEOUT = urllib3.Timeout(connect=5, read=30)


def bootstrap_store(
    root: S3Settings, buckets: Buckets, keys: Mapping[str, Key], wait: float
) -> None:
    """Makes what is missing: the buckets, and, where `keys` are given, the user of each.

    A user whose key is another one by now loses the earlier one. Safe to run twice, and twice at
    once.

    Raises:
        Refused: a key is missing or blank, or the store refuses it.
        RookeryError: the store does not answer within `wait` seconds, or may not make a bucket.
    """
    names = [name for name in dict.fromkeys(buckets) if name]
    await_buckets(root, names, Wait(wait))
    if keys:
        _ensure_users(root, policies(buckets), keys)
    structlog.get_logger().info("bootstrapped", buckets=names, users=sorted(keys))


def _ensure_users(root: S3Settings, wanted: Mapping[str, Policy], keys: Mapping[str, Key]) -> None:
    blank = [
        user
        for user in wanted
        if user not in keys or any(is_blank(each.get_secret_value()) for each in keys[user])
    ]
    if blank:
        raise Refused(f"users {blank} of the store have no key, or a blank one; see the Secret")
    admin = _admin(root)
    try:
        for user, policy in wanted.items():
            access, secret = (each.get_secret_value() for each in keys[user])
            admin.policy_add(f"{PREFIX}{user}", policy=dict(policy))
            admin.user_add(access, secret)
            admin.policy_set(f"{PREFIX}{user}", user=access)
        _remove_others(admin, {key.access.get_secret_value() for key in keys.values()})
    except MinioAdminException as error:
        raise Refused(f"the store does not take its users: {error}") from None
    except HTTPError as error:
        raise Unavailable(f"the store failed: {error}; run bootstrap again") from None


def _remove_others(admin: MinioAdmin, known: set[str]) -> None:
    """Removes users of ours by the keys that they had before; nobody else's."""
    for access, told in json.loads(admin.user_list()).items():
        if str(told.get("policyName", "")).startswith(PREFIX) and access not in known:
            admin.user_remove(access)
            structlog.get_logger().info("removed an earlier key of the store")


def _admin(root: S3Settings) -> MinioAdmin:
    address = urlsplit(root.endpoint_url or "")
    if not address.netloc or root.access_key is None or root.secret_key is None:
        raise Refused("users are made in a MinIO, which needs ROOKERY_S3_ENDPOINT_URL and its keys")
    pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False, ca_certs=certifi.where())
    return MinioAdmin(
        endpoint=address.netloc,
        credentials=StaticProvider(
            root.access_key.get_secret_value(), root.secret_key.get_secret_value()
        ),
        region=root.region,
        secure=address.scheme == "https",
        http_client=pool,
    )
