"""Whether the MLflow server of this pod answers from its database; standard library alone."""

from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

from rookery_mlflow.failure import Unready

PORT = 5000
SECONDS = 8.0
PATH = "/api/2.0/mlflow/experiments/search"
"""A cheap question to the database: `/health` is 200 without one."""


def ask(environment: Mapping[str, str], port: int = PORT) -> None:
    """MLflow answers its API, to the user of MLFLOW_TRACKING_USERNAME where that is set.

    The request names 127.0.0.1, which the server's list of hosts has; the kubelet would name the
    pod's address.

    Raises:
        Unready: it does not.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    headers = {"Content-Type": "application/json", **_credentials(environment)}
    try:
        connection.request("POST", PATH, body=b'{"max_results": 1}', headers=headers)
        response = connection.getresponse()
        said = response.read(500)
    except (OSError, HTTPException) as error:
        raise Unready(f"MLflow does not answer at port {port}: {error!r}; wait for it") from None
    finally:
        connection.close()
    if response.status != 200:
        raise Unready(f"MLflow answers {response.status}: {said.decode(errors='replace')}")


def _credentials(environment: Mapping[str, str]) -> dict[str, str]:
    username = environment.get("MLFLOW_TRACKING_USERNAME")
    if not username:
        return {}
    password = environment.get("MLFLOW_TRACKING_PASSWORD", "")
    return {"Authorization": f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"}
