"""What `prepare` takes from the environment of its pod."""

import pytest

from rookery_mlflow.failure import Unready
from rookery_mlflow.settings import USERS, Settings

SERVERS = {
    "MLFLOW_BACKEND_STORE_URI": "postgresql+psycopg2://mlflow@postgresql:5432/mlflow_db",
    "MLFLOW_ARTIFACTS_DESTINATION": "s3://mlflow",
}
PASSWORDS = {f"ROOKERY_USER_{user.upper()}_PASSWORD": f"of {user}" for user in USERS}


def test_buckets_are_that_of_artifacts_and_that_of_data() -> None:
    assert Settings.of({**SERVERS, "ROOKERY_DATA_BUCKET": "data"}).buckets == ("mlflow", "data")


def test_a_folder_in_the_bucket_belongs_to_no_name() -> None:
    settings = Settings.of({**SERVERS, "MLFLOW_ARTIFACTS_DESTINATION": "s3://shared/rookery"})

    assert settings.buckets == ("shared",)


def test_one_bucket_for_both_is_waited_for_once() -> None:
    assert Settings.of({**SERVERS, "ROOKERY_DATA_BUCKET": "mlflow"}).buckets == ("mlflow",)


def test_without_passwords_nobody_is_asked() -> None:
    assert Settings.of(SERVERS).passwords == {}


def test_with_passwords_there_is_one_for_each_user() -> None:
    assert Settings.of({**SERVERS, **PASSWORDS}).passwords["trainer"] == "of trainer"


def test_a_missing_password_is_named() -> None:
    some = {name: value for name, value in PASSWORDS.items() if "NOTEBOOK" not in name}

    with pytest.raises(Unready, match=r"\['notebook'\] have no password"):
        Settings.of({**SERVERS, **some})


@pytest.mark.parametrize("name", SERVERS)
def test_a_missing_server_is_named(name: str) -> None:
    with pytest.raises(Unready, match=f"{name} is not set"):
        Settings.of({key: value for key, value in SERVERS.items() if key != name})


def test_artifacts_beside_s3_are_refused() -> None:
    with pytest.raises(Unready, match="names no bucket"):
        Settings.of({**SERVERS, "MLFLOW_ARTIFACTS_DESTINATION": "file:///artifacts"})
