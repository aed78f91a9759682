"""The environment variables of the command and of its children: what is meant, and nothing else.

Everything of a person's shell that the embedded stack sees is in the lists of this module.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from rookery_local.process.ports import LOOPBACK

TELEMETRY_OFF: Mapping[str, str] = {
    "ORT_DISABLE_TELEMETRY": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "AWS_EC2_METADATA_DISABLED": "true",
}
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "USER", "LOGNAME")
_TERMINAL = (
    *("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"),
    # CI: `demo` then ends by itself.
    *("TTY_COMPATIBLE", "TTY_INTERACTIVE", "CI", "TMPDIR"),
)
_NETWORK = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
)
_OURS = "ROOKERY_"
_SOURCES = ("ROOKERY_SOURCE_", "ROOKERY_S3_")
"""How the settings begin that ingest gets: addresses that are not public, users and passwords of
PostgreSQL sources, and an S3 source."""
_THIS_MACHINE = (LOOPBACK, "localhost")


def child_environment(temporary: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Makes the environment of a child: what every program needs, and `extra`.

    The child sees no credential, no proxy and no `MLFLOW_*`, `AWS_*` or `PG*` variable of the
    person's own shell. Its temporary files are in `temporary`.
    """
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {
        **kept,
        "TMPDIR": str(temporary),
        "PYTHONUNBUFFERED": "1",
        # A program runs in a folder of data: it must not import anything from there.
        "PYTHONSAFEPATH": "1",
        **TELEMETRY_OFF,
        **(extra or {}),
    }


def command_environment(shell: Mapping[str, str]) -> dict[str, str]:
    """Chooses what a command of the embedded stack, and its supervisor, see of the shell.

    Neither libpq nor an AWS client finds settings in it: the servers are those of the stack.
    """
    known = (*_INHERITED, *_TERMINAL, *_NETWORK)
    return {name: value for name, value in shell.items() if name in known or name.startswith(_OURS)}


def forget_the_shell() -> None:
    """Takes from this process the variables of the shell that are not meant for the command."""
    for name in os.environ.keys() - command_environment(os.environ).keys():
        del os.environ[name]


def outward() -> dict[str, str]:
    """Reads the shell's proxies, certificates, `ROOKERY_S3_*` and `ROOKERY_SOURCE_*`.

    They are for ingest, the one program that fetches files from other machines. What the shell
    asks without a proxy stays so, and this machine is asked without one.
    """
    found = {
        name: value
        for name, value in os.environ.items()
        if name in _NETWORK or name.startswith(_SOURCES)
    }
    # Programs read one of the two, and not all of them the same one.
    lists = ",".join(found.get(name, "") for name in ("no_proxy", "NO_PROXY")).split(",")
    direct = ",".join(dict.fromkeys(filter(None, (*map(str.strip, lists), *_THIS_MACHINE))))
    return {**found, "NO_PROXY": direct, "no_proxy": direct}
