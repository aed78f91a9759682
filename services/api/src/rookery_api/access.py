"""Who may ask: the Host allow-list and the optional API key."""

import hashlib
import hmac
import re
from collections.abc import Sequence

from pydantic import SecretStr

from rookery_api.problems import Problem

Headers = Sequence[tuple[bytes, bytes]]

OPEN_PATHS = frozenset({"/livez", "/readyz", "/healthz", "/metrics"})
"""Answer under any host name: kubelet and Prometheus come with the pod's address."""
GUARDED = ("/predict/", "/invocations", "/models", "/v2/models")
"""What an API key guards; the rest says nothing that a stranger may not know."""

_HOST = re.compile(rb"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?")
_MAX_KNOWN = 256


class HostList:
    """The names under which the API may be addressed."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self._any = "*" in allowed
        self._names = frozenset(name.lower() for name in allowed if not name.startswith("*"))
        self._suffixes = tuple(name[1:].lower() for name in allowed if name.startswith("*."))
        self._known: set[bytes] = set()

    def check(self, headers: Headers) -> None:
        """Returns where exactly one Host header names the API; a 400 problem otherwise."""
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) == 1:
            if hosts[0] in self._known:
                return
            if self._allows(hosts[0]):
                if len(self._known) < _MAX_KNOWN:
                    self._known.add(hosts[0])
                return
        raise Problem(
            400, "unknown_host", "This API does not answer under that host name; see its settings."
        )

    def _allows(self, host: bytes) -> bool:
        found = _HOST.fullmatch(host.lower())
        if found is None:
            return False
        name = found[1].decode()
        return self._any or name in self._names or name.endswith(self._suffixes)


class ApiKey:
    """The key that callers must show; compared in constant time."""

    def __init__(self, key: SecretStr | None) -> None:
        self._digest = None if key is None else _digest(key.get_secret_value().encode())

    def check(self, path: str, headers: Headers) -> None:
        """Returns where no key is needed or the right one is shown; a 401 problem otherwise."""
        if self._digest is None or not path.startswith(GUARDED):
            return
        if not hmac.compare_digest(_digest(_shown(headers)), self._digest):
            raise Problem(
                401,
                "api_key",
                "Send the API key as X-API-Key, or as a Bearer token.",
                headers={"WWW-Authenticate": 'Bearer realm="rookery"'},
            )


def _shown(headers: Headers) -> bytes:
    for name, value in headers:
        if name == b"x-api-key":
            return value
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            return value[7:].strip()
    return b""


def _digest(key: bytes) -> bytes:
    """Digests have one length, so that the comparison does not tell the key's."""
    return hashlib.sha256(key).digest()
