"""How the API of an installation is asked through its ingress: by which name, with which key."""

from rookery_local.cluster.namespace import Namespace, NotThere
from rookery_local.cluster.secret_reference import SecretReference, referenced
from rookery_local.models.prediction import Access

API = "api"
"""The Deployment, and the Ingress."""
KEY_VARIABLE = "ROOKERY_API_API_KEY"
HEADER = "X-API-Key"


def access(namespace: Namespace) -> Access:
    """What a request to the release's ingress has to carry."""
    headers, options = {}, []
    if name := host(namespace):
        headers["Host"] = name
        options.append(f"-H 'Host: {name}'")
    if key := _key(namespace):
        headers[HEADER] = key.value(namespace)
        options.append(f'-H "{HEADER}: $({key.command(namespace)})"')
    return Access(headers, " ".join(options))


def api_key(namespace: Namespace) -> str | None:
    """What callers must show; None where nobody is asked."""
    key = _key(namespace)
    return key.value(namespace) if key else None


def host(namespace: Namespace) -> str:
    """The only name under which the ingress answers; empty where it is any, or there is none."""
    try:
        rules = namespace.ingress(API)["spec"].get("rules", [])
    except NotThere:
        return ""
    return next((str(rule["host"]) for rule in rules if rule.get("host")), "")


def _key(namespace: Namespace) -> SecretReference | None:
    return referenced(namespace, API, KEY_VARIABLE)
