"""What a request to the ingress of a release needs."""

import subprocess
from pathlib import Path

import pytest
from tests.unit.local.support.kubernetes_api import APPS, CORE, NETWORKING, ApiServer
from tests.unit.local.support.kubernetes_objects import deployment, ingress, secret
from tests.unit.local.support.shell_programs import write_program

from rookery_local.cluster.namespace import Namespace, NotThere
from rookery_local.cluster.request_options import api_key, request_options
from rookery_local.models.prediction import RequestOptions, curl

KEY = "a-key-of-many-letters"


def test_by_default_a_request_needs_nothing(server: ApiServer, namespace: Namespace) -> None:
    server.put(f"{APPS}/deployments", deployment("api"))
    server.put(f"{NETWORKING}/ingresses", ingress("api"))

    assert request_options(namespace) == RequestOptions()


def test_without_an_api_and_an_ingress_a_request_needs_nothing(namespace: Namespace) -> None:
    assert request_options(namespace) == RequestOptions()


def test_host_and_key_are_those_of_the_release(server: ApiServer, namespace: Namespace) -> None:
    reference = {"ROOKERY_API_API_KEY": ("ours", "api-key")}
    server.put(f"{APPS}/deployments", deployment("api", reference))
    server.put(f"{CORE}/secrets", secret("ours", api_key=KEY))
    server.put(f"{NETWORKING}/ingresses", ingress("api", "penguins.example.org"))

    found = request_options(namespace)

    assert found.headers == {"Host": "penguins.example.org", "X-API-Key": KEY}
    assert api_key(namespace) == KEY


def test_the_curl_command_reads_the_key_and_does_not_show_it(
    server: ApiServer, namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = {"ROOKERY_API_API_KEY": ("api", "api-key")}
    server.put(f"{APPS}/deployments", deployment("api", reference))
    server.put(f"{CORE}/secrets", secret("api", api_key=KEY))
    server.put(f"{NETWORKING}/ingresses", ingress("api", "penguins.example.org"))
    for name, text in (("kubectl", f"echo {KEY}"), ("curl", 'printf "%s\\n" "$@"')):
        write_program(tmp_path, name, text)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    command = curl("http://127.0.0.1:8080/predict/sex", {"a": 1}, request_options(namespace).curl)

    assert KEY not in command
    said = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert {f"X-API-Key: {KEY}", "Host: penguins.example.org", '{"a": 1}'} <= set(
        said.stdout.splitlines()
    )


def test_a_secret_without_the_key_is_reported(server: ApiServer, namespace: Namespace) -> None:
    reference = {"ROOKERY_API_API_KEY": ("ours", "api-key")}
    server.put(f"{APPS}/deployments", deployment("api", reference))
    server.put(f"{CORE}/secrets", secret("ours", other="x"))

    with pytest.raises(NotThere, match=r"Secret 'ours' .* has no key 'api-key'"):
        request_options(namespace)
