"""The keys of the embedded object store: each opens its own buckets, and no other."""

import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr
from tests.some import some

from rookery_core.object_store import s3_client
from rookery_local.process.child_process import Process
from rookery_local.process.environment import child_environment
from rookery_local.servers.object_store import IDENTITIES, ObjectStore
from rookery_local.servers.store_identities import BUCKET, BUCKETS, SNAPSHOTS, S3Keys

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


def test_buckets_that_the_first_release_made_stay_open_to_the_keys_of_today(
    tmp_path: Path,
) -> None:
    store = store_in(tmp_path)
    first = as_first_release(store)
    root = s3_client(store.settings, Config(proxies={}))
    store.folder.mkdir()
    first.start()
    first.wait_ready(lambda: made(root, BUCKET), seconds=30)
    root.put_object(Bucket=BUCKET, Key="kept", Body=b"there")
    first.stop()

    store.start()
    try:
        mlflow = client(store, "mlflow")
        # The store answers before it has found the volumes of its last start.
        store.process.wait_ready(lambda: there(mlflow, BUCKET, "kept"), seconds=30)
        kept = mlflow.get_object(Bucket=BUCKET, Key="kept")["Body"].read()
        mlflow.put_object(Bucket=BUCKET, Key="new", Body=b"new")
        retention = client(store, "retention")
        retention.delete_object(Bucket=BUCKET, Key="kept")
        left = root.list_objects_v2(Bucket=BUCKET)["Contents"]
    finally:
        store.stop()

    assert kept == b"there"
    assert [each["Key"] for each in left] == ["new"]


def store_in(folder: Path) -> ObjectStore:
    """A store of its own, which does not run yet."""
    temporary = folder / "tmp"
    temporary.mkdir()
    keys = S3Keys(SecretStr("an-access-key"), SecretStr("a-secret-key"))
    environment = child_environment(temporary)
    return ObjectStore(folder / "s", keys, folder / "store.log", environment=environment)


def as_first_release(store: ObjectStore) -> Process:
    """The same store as the first release starts it: its only key is in its environment."""
    access_key, secret_key = store.settings.access_key, store.settings.secret_key
    assert access_key
    assert secret_key
    return Process(
        "object-store",
        [each for each in store.process.argv if not each.startswith("-s3.config=")],
        environment={
            **store.process.environment,
            "AWS_ACCESS_KEY_ID": access_key.get_secret_value(),
            "AWS_SECRET_ACCESS_KEY": secret_key.get_secret_value(),
        },
        directory=store.folder,
        log=store.process.log,
    )


def made(root: "S3Client", bucket: str) -> bool:
    """Whether the store answers and has just made the bucket."""
    try:
        root.create_bucket(Bucket=bucket)
    except (BotoCoreError, ClientError):
        return False
    return True


def there(key: "S3Client", bucket: str, name: str) -> bool:
    """Whether the object can be read already; a key that may not read it is an error."""
    try:
        key.get_object(Bucket=bucket, Key=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "InternalError":
            raise
        return False
    return True
