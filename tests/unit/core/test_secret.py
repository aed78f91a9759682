"""A secret of settings that is there is a secret."""

import pytest
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from rookery_core.settings import PostgresSettings, S3Settings, TrackingSettings
from rookery_trainer.retention.settings import MlflowPostgresSettings

SECRETS: list[tuple[type[BaseSettings], str]] = [
    (PostgresSettings, "password"),
    (MlflowPostgresSettings, "password"),
    (TrackingSettings, "password"),
    (S3Settings, "access_key"),
    (S3Settings, "secret_key"),
]


@pytest.fixture(autouse=True)
def user(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else the settings of a database need."""
    for prefix in ("ROOKERY_POSTGRES_", "ROOKERY_MLFLOW_POSTGRES_"):
        monkeypatch.setenv(f"{prefix}USER", "ingest")


def variable(settings: type[BaseSettings], name: str) -> str:
    """The variable that the field is read from."""
    return f"{settings.model_config['env_prefix']}{name}".upper()


@pytest.mark.parametrize(("settings", "name"), SECRETS)
@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u00a0"])
def test_an_empty_or_blank_secret_is_refused(
    settings: type[BaseSettings], name: str, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable(settings, name), blank)

    with pytest.raises(ValidationError, match=rf"(?s){name}\n.*empty or blank; give it a value"):
        settings()


@pytest.mark.parametrize(("settings", "name"), SECRETS)
def test_a_secret_is_read_as_it_is(
    settings: type[BaseSettings], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable(settings, name), " with spaces ")

    assert getattr(settings(), name).get_secret_value() == " with spaces "
    assert "with spaces" not in repr(settings())


def test_every_secret_of_settings_is_on_this_list() -> None:
    found = {
        (each, name)
        for each in _descendants(BaseSettings)
        if each.__module__.startswith(("rookery_core", "rookery_ingest", "rookery_trainer"))
        for name, field in each.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }

    assert found == set(SECRETS)


def _descendants(kind: type[BaseSettings]) -> set[type[BaseSettings]]:
    below = set(kind.__subclasses__())
    return below.union(*map(_descendants, below)) if below else below
