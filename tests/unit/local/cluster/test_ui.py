"""What is shown of the user interfaces."""

from tests.unit.local.support.kubernetes_api import APPS, CORE, ApiServer
from tests.unit.local.support.kubernetes_objects import deployment, secret

from rookery_local.cluster.namespace import Namespace
from rookery_local.cluster.ui import INTERFACES, login


def test_logins_are_shown_as_commands_and_secrets_are_not_printed(
    server: ApiServer, namespace: Namespace
) -> None:
    keys = {"MINIO_ROOT_USER": ("s3", "access-key"), "MINIO_ROOT_PASSWORD": ("s3", "secret-key")}
    token = {"JUPYTER_TOKEN": ("ours", "token")}
    server.put(f"{APPS}/deployments", deployment("api"))
    server.put(f"{APPS}/deployments", deployment("mlflow"))
    server.put(f"{APPS}/deployments", deployment("minio", keys))
    server.put(f"{APPS}/deployments", deployment("notebook", token))
    server.put(f"{CORE}/secrets", secret("s3", access_key="the-user", secret_key="the-word"))
    server.put(f"{CORE}/secrets", secret("ours", token="the-token"))

    told = {each.service: login(namespace, each) for each in INTERFACES}

    get = "kubectl --context kind-penguins --namespace ml get secret"
    assert told["api"] == told["mlflow"] == []
    user, password = told["minio"]
    assert user.startswith(f"user: {get} s3 ")
    assert '"secret-key"' in password
    (line,) = told["notebook"]
    assert line.startswith(f"token: {get} ours ")
    assert "the-" not in str(told)


def test_mlflows_password_is_shown_as_a_command_if_mlflow_has_users(
    server: ApiServer, namespace: Namespace
) -> None:
    password = {"ROOKERY_USER_ADMIN_PASSWORD": ("mlflow-auth", "admin-password")}
    server.put(f"{APPS}/deployments", deployment("mlflow", password))
    (mlflow,) = (each for each in INTERFACES if each.service == "mlflow")

    (line,) = login(namespace, mlflow)

    assert line.startswith("user admin, password: kubectl ")
