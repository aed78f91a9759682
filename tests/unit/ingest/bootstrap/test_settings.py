"""What the bootstrap takes from the environment of its pod."""

import pytest

from rookery_ingest.bootstrap.settings import StoreSettings, store_keys
from rookery_ingest.bootstrap.store_rights import USERS, Buckets


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for user in USERS:
        for kind in ("ACCESS", "SECRET"):
            monkeypatch.delenv(f"ROOKERY_STORE_{user.upper()}_{kind}_KEY", raising=False)


def test_without_a_bucket_the_store_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert StoreSettings().buckets() is None

    monkeypatch.setenv("ROOKERY_STORE_ARTIFACT_BUCKET", "mlflow")
    assert StoreSettings().buckets() == Buckets("mlflow", "data", "snapshots")


def test_without_keys_of_their_own_all_parts_have_one() -> None:
    assert store_keys() == {}


def test_one_key_makes_all_of_them_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOKERY_STORE_INGEST_ACCESS_KEY", "of ingest")

    found = store_keys()

    assert set(found) == set(USERS)
    assert found["ingest"].access.get_secret_value() == "of ingest"
    assert found["trainer"].secret.get_secret_value() == ""
