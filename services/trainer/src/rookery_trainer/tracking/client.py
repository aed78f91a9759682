"""The client of the MLflow server, and the repetition of requests while it is away."""

import os
from collections.abc import Callable
from typing import TypeVar

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.store.entities import PagedList
from requests import RequestException

from rookery_core.errors import Unavailable
from rookery_core.settings import TrackingSettings
from rookery_core.waiting import Wait, first_line, retrying

T = TypeVar("T")


def connect(settings: TrackingSettings) -> mlflow.MlflowClient:
    """Makes a client; MLflow's functions in this process use the same server.

    MLflow's own retries are few and short, because `Retrying` waits as long as the settings say.
    """
    os.environ.update(
        MLFLOW_HTTP_REQUEST_MAX_RETRIES="1",
        MLFLOW_HTTP_REQUEST_TIMEOUT="30",
        # An answer must not send this client, and what it logs, to another server.
        MLFLOW_ALLOW_HTTP_REDIRECTS="false",
        MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false",
        # Saves a request for each run; the log has its address already.
        MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT="true",
    )
    if settings.username and settings.password:
        os.environ["MLFLOW_TRACKING_USERNAME"] = settings.username
        os.environ["MLFLOW_TRACKING_PASSWORD"] = settings.password.get_secret_value()
    mlflow.set_tracking_uri(settings.url)
    return mlflow.MlflowClient(settings.url)


def all_pages(search: Callable[[str | None], PagedList[T]]) -> list[T]:
    """Collects all results of a search, which gets the token of the page that it has to return."""
    found: list[T] = []
    token: str | None = None
    while True:
        page = search(token)
        found += page
        token = page.token
        if not token:
            return found


def await_tracking(client: mlflow.MlflowClient, wait: Wait) -> None:
    """Waits until the server answers.

    Raises:
        Unavailable: it did not within `wait`.
    """
    Retrying(wait).run(lambda: client.search_experiments(max_results=1))


class Retrying:
    """Repeats requests while MLflow, or a service behind it, is away."""

    def __init__(self, wait: Wait) -> None:
        self._wait = wait

    def run(self, request: Callable[[], T]) -> T:
        """Returns the answer to `request`, repeating it while the server fails.

        The request must bear being sent again after a response was lost.

        Raises:
            Unavailable: the server failed for as long as `wait` says.
        """
        try:
            return retrying(request, _may_pass, self._wait, "mlflow")
        except (MlflowException, RequestException) as error:
            if not away(error):
                raise
            raise Unavailable(
                f"MLflow has not answered for {self._wait.seconds:g} s ({first_line(error)}); "
                "is it up, with its database and object store?"
            ) from None


def away(error: Exception) -> bool:
    """Tells whether the same request may work later: no answer, or an error of the server."""
    if isinstance(error, MlflowException):
        status: int = error.get_http_status_code()
        return status >= 500
    if isinstance(error, RequestException):
        return error.response is None or error.response.status_code >= 500
    return isinstance(error, Unavailable)


def _may_pass(error: Exception) -> bool:
    """Tells whether MLflow's client says so; what else is `away` is not repeated here."""
    return isinstance(error, (MlflowException, RequestException)) and away(error)
