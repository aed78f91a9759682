"""What `prepare` takes from the environment of its pod."""

import pytest

from rookery_core.errors import Refused
from rookery_mlflow.settings import FORMS_KEY, SECRETS, USERS, Settings

SERVERS = {
    "MLFLOW_BACKEND_STORE_URI": "postgresql+psycopg2://mlflow@postgresql:5432/mlflow_db",
    "MLFLOW_ARTIFACTS_DESTINATION": "s3://mlflow",
}
PASSWORDS = {f"ROOKERY_USER_{user.upper()}_PASSWORD": f"of {user}" for user in USERS}
PASSWORDS[FORMS_KEY] = "of the forms"


def test_a_folder_in_the_bucket_belongs_to_no_name() -> None:
    settings = Settings.of({**SERVERS, "MLFLOW_ARTIFACTS_DESTINATION": "s3://shared/rookery"})

    assert settings.bucket == "shared"


def test_without_passwords_nobody_is_asked() -> None:
    assert Settings.of(SERVERS).passwords == {}


def test_with_passwords_there_is_one_for_each_user() -> None:
    assert Settings.of({**SERVERS, **PASSWORDS}).passwords["trainer"] == "of trainer"


def test_a_missing_password_is_named() -> None:
    some = {name: value for name, value in PASSWORDS.items() if "NOTEBOOK" not in name}

    with pytest.raises(Refused, match=r"\['notebook'\] have no password"):
        Settings.of({**SERVERS, **some})


@pytest.mark.parametrize("blank", ["", " ", "\t\n"])
def test_passwords_that_are_all_blank_are_not_taken_for_none(blank: str) -> None:
    empty = dict.fromkeys(PASSWORDS, blank)

    with pytest.raises(
        Refused, match=r"\['admin', 'trainer', 'api', 'notebook'\] have no password"
    ):
        Settings.of({**SERVERS, **empty})


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_password_is_none(user: str, blank: str) -> None:
    some = {**PASSWORDS, f"ROOKERY_USER_{user.upper()}_PASSWORD": blank}

    with pytest.raises(Refused, match=rf"\['{user}'\] have no password"):
        Settings.of({**SERVERS, **some})


@pytest.mark.parametrize("key", [{}, {FORMS_KEY: ""}, {FORMS_KEY: " "}])
def test_users_need_a_key_for_the_forms(key: dict[str, str]) -> None:
    users = {name: value for name, value in PASSWORDS.items() if name != FORMS_KEY}

    with pytest.raises(Refused, match=f"{FORMS_KEY} is missing or blank"):
        Settings.of({**SERVERS, **users, **key})


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("blank", ["", " "])
def test_a_secret_that_is_there_is_not_blank(name: str, blank: str) -> None:
    given = dict.fromkeys(SECRETS, "given")
    assert Settings.of({**SERVERS, **given}).bucket == "mlflow"

    with pytest.raises(Refused, match=f"{name}: empty or blank"):
        Settings.of({**SERVERS, **given, name: blank})


@pytest.mark.parametrize("name", SERVERS)
def test_a_missing_server_is_named(name: str) -> None:
    with pytest.raises(Refused, match=f"{name} is not set"):
        Settings.of({key: value for key, value in SERVERS.items() if key != name})


def test_artifacts_beside_s3_are_refused() -> None:
    with pytest.raises(Refused, match="names no bucket"):
        Settings.of({**SERVERS, "MLFLOW_ARTIFACTS_DESTINATION": "file:///artifacts"})
