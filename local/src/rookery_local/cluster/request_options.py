"""What a request through the ingress needs: the host name and the API key of the release."""

from rookery_local.cluster.namespace import Namespace, NotThere
from rookery_local.cluster.secret_reference import SecretReference, referenced
from rookery_local.models.prediction import RequestOptions

API = "api"
"""The name of the Deployment and of the Ingress."""
KEY_VARIABLE = "ROOKERY_API_API_KEY"
HEADER = "X-API-Key"


def request_options(namespace: Namespace) -> RequestOptions:
    """Collects what a request to the ingress of the release needs beside its body."""
    headers, options = {}, []
    if name := host(namespace):
        headers["Host"] = name
        options.append(f"-H 'Host: {name}'")
    if key := _key(namespace):
        headers[HEADER] = key.value(namespace)
        options.append(f'-H "{HEADER}: $({key.command(namespace)})"')
    return RequestOptions(headers, " ".join(options))


def api_key(namespace: Namespace) -> str | None:
    """Reads the key that callers must send; None if the API is open."""
    key = _key(namespace)
    return key.value(namespace) if key else None


def host(namespace: Namespace) -> str:
    """Reads the host name of the ingress; empty if it answers to any name, or is absent."""
    try:
        rules = namespace.ingress(API)["spec"].get("rules", [])
    except NotThere:
        return ""
    return next((str(rule["host"]) for rule in rules if rule.get("host")), "")


def _key(namespace: Namespace) -> SecretReference | None:
    return referenced(namespace, API, KEY_VARIABLE)
