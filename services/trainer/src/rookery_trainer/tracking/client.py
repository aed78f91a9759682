"""The MLflow server: how the trainer connects, and waits for it when it is away."""

import os
from collections.abc import Callable
from typing import TypeVar

import mlflow
from mlflow.exceptions import MlflowException
from requests import RequestException

from rookery_core.errors import Unavailable
from rookery_core.patience import Patience, first_line, retrying
from rookery_core.settings import TrackingSettings

T = TypeVar("T")


def connect(settings: TrackingSettings) -> mlflow.MlflowClient:
    """A client; the process's MLflow functions use the same server.

    MLflow's own retries are few and short: `Retrying` waits, and knows for how long.
    """
    os.environ.update(
        MLFLOW_HTTP_REQUEST_MAX_RETRIES="1",
        MLFLOW_HTTP_REQUEST_TIMEOUT="30",
        # An answer must not send this client, and what it logs, to another server.
        MLFLOW_ALLOW_HTTP_REDIRECTS="false",
        MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false",
        # Saves a call for each run: its address is in the log already.
        MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT="true",
    )
    if settings.username and settings.password:
        os.environ["MLFLOW_TRACKING_USERNAME"] = settings.username
        os.environ["MLFLOW_TRACKING_PASSWORD"] = settings.password.get_secret_value()
    mlflow.set_tracking_uri(settings.url)
    return mlflow.MlflowClient(settings.url)


def await_tracking(client: mlflow.MlflowClient, patience: Patience) -> None:
    """The server answers.

    Raises:
        Unavailable: it did not within `patience`.
    """
    Retrying(patience).run(lambda: client.search_experiments(max_results=1))


class Retrying:
    """Gets a request through, waiting while MLflow or what is behind it is away."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    def run(self, request: Callable[[], T]) -> T:
        """The answer to `request`, which is repeated while the server fails: it must bear that.

        Raises:
            Unavailable: the server failed for as long as `patience` lasts.
        """
        try:
            return retrying(request, _may_pass, self._patience, "mlflow")
        except (MlflowException, RequestException) as error:
            if not away(error):
                raise
            raise Unavailable(
                f"MLflow has not answered for {self._patience.seconds:g} s ({first_line(error)}); "
                "is it up, with its database and object store?"
            ) from None


def away(error: Exception) -> bool:
    """Whether the same request may work later: no answer, or an error that is the server's."""
    if isinstance(error, MlflowException):
        status: int = error.get_http_status_code()
        return status >= 500
    if isinstance(error, RequestException):
        return error.response is None or error.response.status_code >= 500
    return isinstance(error, Unavailable)


def _may_pass(error: Exception) -> bool:
    """Whether MLflow's client says so; what else is `away` is not the request's to repeat."""
    return isinstance(error, (MlflowException, RequestException)) and away(error)
