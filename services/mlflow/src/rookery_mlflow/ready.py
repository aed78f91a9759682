"""The readiness probe: whether the MLflow server of this pod answers from its database.

It runs every few seconds, so it imports the standard library alone.
"""

from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

from rookery_core.errors import Unavailable

PORT = 5000
SECONDS = 8.0
PATH = "/api/2.0/mlflow/experiments/search"
"""A cheap question to the database: `/health` is 200 without one."""


def ask(environment: Mapping[str, str], port: int = PORT) -> None:
    """Checks that MLflow answers its API, as the user of MLFLOW_TRACKING_USERNAME if that is set.

    The request's Host is 127.0.0.1, which the server allows; a probe by the kubelet would send the
    pod's address.

    Raises:
        Unavailable: it does not.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    headers = {"Content-Type": "application/json", **_credentials(environment)}
    try:
        connection.request("POST", PATH, body=b'{"max_results": 1}', headers=headers)
        response = connection.getresponse()
        said = response.read(500)
    except (OSError, HTTPException) as error:
        raise Unavailable(
            f"MLflow does not answer at port {port}: {error!r}; wait for it"
        ) from None
    finally:
        connection.close()
    if response.status != 200:
        raise Unavailable(f"MLflow answers {response.status}: {said.decode(errors='replace')}")


def _credentials(environment: Mapping[str, str]) -> dict[str, str]:
    username = environment.get("MLFLOW_TRACKING_USERNAME")
    if not username:
        return {}
    password = environment.get("MLFLOW_TRACKING_PASSWORD", "")
    return {"Authorization": f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"}
