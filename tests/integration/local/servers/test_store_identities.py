"""The keys of the embedded object store: each opens its own buckets, and no other."""

import stat
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from tests.some import some

from rookery_core.object_store import s3_client
from rookery_local.servers.object_store import IDENTITIES, ObjectStore
from rookery_local.servers.store_identities import BUCKET, BUCKETS, SNAPSHOTS

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def allowed(call: Callable[[], object]) -> bool:
    """Whether the store does that, and refuses it as it refuses a key without the right."""
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        return False
    return True


def client(store: ObjectStore, user: str) -> "S3Client":
    """A client with the key of that program."""
    return s3_client(store.settings_of(user), Config(proxies={}))


@pytest.mark.parametrize("user", BUCKETS)
def test_a_key_opens_the_buckets_of_its_program_alone(object_store: ObjectStore, user: str) -> None:
    root = s3_client(object_store.settings, Config(proxies={}))
    own, key = client(object_store, user), f"of-{user}"

    may = {}
    for bucket in (BUCKET, SNAPSHOTS):
        root.put_object(Bucket=bucket, Key=key, Body=b"there")
        may[bucket] = {
            allowed(partial(own.get_object, Bucket=bucket, Key=key)),
            allowed(partial(own.list_objects_v2, Bucket=bucket)),
            allowed(partial(own.put_object, Bucket=bucket, Key=key, Body=b"changed")),
            allowed(partial(own.delete_object, Bucket=bucket, Key=key)),
        }

    assert may == {bucket: {bucket in BUCKETS[user]} for bucket in (BUCKET, SNAPSHOTS)}
    assert not allowed(partial(own.create_bucket, Bucket="another"))


def test_several_objects_at_once_are_not_removed_with_another_programs_key(
    object_store: ObjectStore,
) -> None:
    root = s3_client(object_store.settings, Config(proxies={}))
    root.put_object(Bucket=SNAPSHOTS, Key="stays", Body=b"there")

    told = client(object_store, "mlflow").delete_objects(
        Bucket=SNAPSHOTS, Delete={"Objects": [{"Key": "stays"}]}
    )

    assert [each["Code"] for each in told["Errors"]] == ["AccessDenied"]
    assert root.get_object(Bucket=SNAPSHOTS, Key="stays")["Body"].read() == b"there"


def test_keys_differ_and_their_file_is_readable_by_its_owner_alone(
    object_store: ObjectStore,
) -> None:
    found = [object_store.settings, *(object_store.settings_of(user) for user in some(BUCKETS))]
    secrets = [each for settings in found for each in (settings.access_key, settings.secret_key)]

    assert len({each.get_secret_value() for each in secrets if each}) == 2 * len(found)
    assert stat.S_IMODE((object_store.folder / IDENTITIES).stat().st_mode) == 0o600
    environment = object_store.process.environment
    assert not [each for each in environment if each.startswith("AWS_") and "KEY" in each]
