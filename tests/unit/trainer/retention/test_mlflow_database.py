from contextlib import closing
from socket import socket

import pytest
from pydantic import SecretStr

from rookery_core.errors import Unavailable
from rookery_core.settings import PostgresSettings
from rookery_trainer.retention.mlflow_database import MlflowDatabase


def test_a_database_that_is_away_is_unavailable_in_words() -> None:
    with closing(socket()) as taken:
        # Bound and not listening: whoever connects is refused.
        taken.bind(("127.0.0.1", 0))
        settings = PostgresSettings(
            host="127.0.0.1", port=taken.getsockname()[1], user="mlflow", password=SecretStr("x")
        )

        with pytest.raises(Unavailable, match=r"MLflow's database fails .*Connection refused"):
            MlflowDatabase(settings).logged_models("1")
