"""Where a file goes in the object store, and with which key."""

from pathlib import Path

import pytest
from tests.unit.local.support.kubernetes_api import APPS, CORE, ApiServer
from tests.unit.local.support.kubernetes_objects import deployment, secret

from rookery_core.errors import Refused
from rookery_local.cluster.namespace import Namespace
from rookery_local.cluster.upload import place, upload


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("s3://data/wine.csv", ("data", "wine.csv")),
        ("s3://data/2026/wine.csv", ("data", "2026/wine.csv")),
        ("s3://data/2026/", ("data", "2026/local.csv")),
        ("s3://data", ("data", "local.csv")),
        ("s3://data/", ("data", "local.csv")),
    ],
)
def test_a_target_is_a_key_or_a_folder(target: str, expected: tuple[str, str]) -> None:
    assert place(target, "local.csv") == expected


@pytest.mark.parametrize("target", ["data/wine.csv", "https://data/wine.csv", "s3:///wine.csv"])
def test_a_target_without_a_bucket_is_refused_with_an_example(target: str) -> None:
    with pytest.raises(Refused, match=r"s3://data/wine\.csv"):
        place(target, "wine.csv")


def test_an_empty_key_of_the_store_is_refused_and_no_other_key_is_used(
    server: ApiServer, namespace: Namespace, tmp_path: Path
) -> None:
    keys = {"MINIO_ROOT_USER": ("s3", "access-key"), "MINIO_ROOT_PASSWORD": ("s3", "secret-key")}
    server.put(f"{APPS}/deployments", deployment("minio", keys))
    server.put(f"{CORE}/secrets", secret("s3", access_key="a-key", secret_key=""))

    with pytest.raises(Refused, match="key 'secret-key' of Secret 's3' is empty"):
        upload(namespace, tmp_path / "wine.csv", "s3://data/wine.csv", lambda _count: None)


@pytest.mark.parametrize(
    ("held", "key"),
    [
        ({"upload_access_key": "own", "upload_secret_key": ""}, "upload-secret-key"),
        ({"upload_access_key": "", "upload_secret_key": "own"}, "upload-access-key"),
        ({}, "secret-key"),
    ],
    ids=["a key of uploads", "without its name", "one key for all"],
)
def test_an_upload_has_its_own_key_and_the_first_one_only_where_there_is_no_other(
    server: ApiServer, namespace: Namespace, tmp_path: Path, held: dict[str, str], key: str
) -> None:
    keys = {"MINIO_ROOT_USER": ("s3", "access-key"), "MINIO_ROOT_PASSWORD": ("s3", "secret-key")}
    first = {"access_key": "first", "secret_key": "" if not held else "first"}
    server.put(f"{APPS}/deployments", deployment("minio", keys))
    server.put(f"{CORE}/secrets", secret("s3", **first, **held))

    with pytest.raises(Refused, match=f"key '{key}' of Secret 's3' is empty"):
        upload(namespace, tmp_path / "wine.csv", "s3://data/wine.csv", lambda _count: None)
