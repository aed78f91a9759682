"""What databases say of a model, where they do not answer."""

import pytest
from pydantic import SecretStr

from rookery_core.errors import Unavailable
from rookery_core.settings import PostgresSettings
from rookery_local.models.model_versions import data_digest
from rookery_local.process.ports import LOOPBACK, free_ports


def test_a_database_that_does_not_answer_is_said() -> None:
    (port,) = free_ports(1)
    settings = PostgresSettings(
        host=LOOPBACK, port=port, user="trainer", password=SecretStr("x"), sslmode="disable"
    )

    with pytest.raises(Unavailable, match=r"PostgreSQL does not answer: .*refused"):
        data_digest(settings, "species")
