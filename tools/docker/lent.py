"""What this machine lends to a build, and no image keeps: proxies, certificates, settings."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tools.commands import output

ARGUMENT = re.compile(r"^ARG\s+(\w+)\s*$", re.MULTILINE)
GO = ("GOPROXY", "GOSUMDB")
# Every Dockerfile knows these without declaring them, and no image keeps them.
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
PIP = ("~/.config/pip/pip.conf", "/etc/pip.conf")
CA_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")


def lent_arguments(dockerfile: str) -> dict[str, str]:
    """Returns the machine's proxies, and its Go settings where the Dockerfile's text has them."""
    return {
        **_set(PROXIES, os.environ),
        **dict(_go(name for name in GO if name in ARGUMENT.findall(dockerfile))),
    }


def lent_secrets(ca_bundle: Path | None) -> list[tuple[str, Path]]:
    """Returns the machine's certificates and pip's settings, where it has them."""
    named = os.environ.get("PIP_CONFIG_FILE")
    places = (Path(each).expanduser() for each in ((named,) if named else PIP))
    pip = next((each for each in places if each.is_file()), None)
    found = {"ca": ca_bundle, "pip": pip}
    return [(name, file) for name, file in found.items() if file is not None]


def ca_bundle(root: Path = Path("/")) -> Path | None:
    """Returns the file with the certificates that this machine trusts, where it has one."""
    named = os.environ.get("SSL_CERT_FILE")
    for candidate in filter(None, (named, *CA_BUNDLES)):
        path = root / candidate.lstrip("/")
        if path.is_file():
            return path
    return None


def _set(names: Iterable[str], variables: Mapping[str, str]) -> dict[str, str]:
    return {name: variables[name] for name in names if variables.get(name)}


def _go(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        if os.environ.get(name):
            yield name, os.environ[name]
        elif go := shutil.which("go"):
            yield name, output(go, "env", name)
