"""The client of an S3 server."""

from pathlib import Path

import pytest
from botocore.config import Config
from pydantic import SecretStr

from rookery_core.object_store import s3_client
from rookery_core.settings import S3Settings

SETTINGS = S3Settings(
    endpoint_url="http://store.example:9000",
    access_key=SecretStr("the-access-key"),
    secret_key=SecretStr("the-secret-key"),
)


def test_a_bucket_is_addressed_by_path_and_signed_with_the_key_of_the_settings() -> None:
    client = s3_client(SETTINGS, Config(signature_version="s3v4"))

    url = client.generate_presigned_url("get_object", Params={"Bucket": "data", "Key": "a.csv"})

    assert url.startswith("http://store.example:9000/data/a.csv?")
    assert "X-Amz-Credential=the-access-key%2F" in url


def test_timeouts_and_retries_are_those_that_the_program_gives() -> None:
    given = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 1})

    config = vars(s3_client(SETTINGS, given).meta.config)

    assert (config["connect_timeout"], config["read_timeout"]) == (2, 3)
    assert config["retries"]["total_max_attempts"] == 1
    assert config["s3"]["addressing_style"] == "path"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_PROFILE", "a-profile-that-is-not-there"),
        ("AWS_DEFAULT_PROFILE", "a-profile-that-is-not-there"),
        ("AWS_RETRY_MODE", "never"),
        ("AWS_MAX_ATTEMPTS", "many"),
        ("AWS_DEFAULTS_MODE", "fast"),
        ("AWS_REQUEST_CHECKSUM_CALCULATION", "sometimes"),
        ("AWS_CONFIG_FILE", "{folder}/malformed"),
        ("AWS_SHARED_CREDENTIALS_FILE", "{folder}/malformed"),
    ],
)
def test_a_store_with_an_address_and_keys_is_none_of_the_persons_aws_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    (tmp_path / "malformed").write_text("[default\nregion")
    monkeypatch.setenv(name, value.format(folder=tmp_path))

    client = s3_client(SETTINGS, Config(signature_version="s3v4"))
    url = client.generate_presigned_url("get_object", Params={"Bucket": "data", "Key": "a.csv"})

    assert url.startswith("http://store.example:9000/data/a.csv?")
    assert "X-Amz-Credential=the-access-key%2F" in url
