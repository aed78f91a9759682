"""MLflow answers from its database, knows each champion, and refuses whom it should."""

import sys

import structlog
import urllib3
from mlflow.exceptions import MlflowException

from rookery_core import logs
from rookery_core.connection_failure import FIRST_CONNECTION_SECONDS
from rookery_core.errors import RookeryError
from rookery_core.job import run_job
from rookery_core.registry_names import CHAMPION
from rookery_core.settings import TrackingSettings
from rookery_core.waiting import Wait
from rookery_trainer.tracking.client import await_tracking, connect

SEARCH = "/api/2.0/mlflow/experiments/search"
FORBIDDEN = {"host": 403, "nobody": 401}


def main() -> None:
    """The server does what its clients rely on; the models are those of the arguments."""
    settings = TrackingSettings()
    client = connect(settings)
    await_tracking(client, Wait(FIRST_CONNECTION_SECONDS))
    try:
        experiments = client.search_experiments()
        versions = {
            model: client.get_model_version_by_alias(model, CHAMPION).version
            for model in sys.argv[1:]
        }
    except MlflowException as error:
        raise RookeryError(f"MLflow fails: {error.message}; see its log") from None
    structlog.get_logger().info("answers", experiments=len(experiments), champions=versions)
    if settings.username is not None:
        refused(settings, "nobody", {})
    elif settings.url.startswith("http://mlflow:"):
        # A page elsewhere whose name leads here may not read the server in a visitor's name.
        refused(settings, "host", {"Host": "elsewhere.example.org"})


def refused(settings: TrackingSettings, who: str, headers: dict[str, str]) -> None:
    """Such a request gets the status that it should.

    Raises:
        RookeryError: it does not.
    """
    response = urllib3.request(
        "POST",
        settings.url + SEARCH,
        json={"max_results": 1},
        headers=headers,
        redirect=False,
        timeout=10.0,
    )
    if response.status != FORBIDDEN[who]:
        raise RookeryError(
            f"MLflow answers {response.status} to {headers or 'a caller without a name'}, and not "
            f"{FORBIDDEN[who]}; see mlflow.allowedHosts and global.mlflow.auth"
        )
    structlog.get_logger().info("refused", who=who, status=response.status)


if __name__ == "__main__":
    logs.configure()
    sys.exit(run_job(main))
