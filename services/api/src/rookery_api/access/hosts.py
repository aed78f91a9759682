"""The Host header: under which names the API answers."""

import re
from collections.abc import Sequence

from rookery_api.base.problems import Problem

Headers = Sequence[tuple[bytes, bytes]]

_HOST = re.compile(rb"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?")
_MAX_KNOWN = 256


class HostList:
    """The host names under which the API answers."""

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
