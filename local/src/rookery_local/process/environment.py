"""The environment of a child process: what it needs, and nothing else of ours."""

import os
from collections.abc import Mapping
from pathlib import Path

TELEMETRY_OFF: Mapping[str, str] = {
    "ORT_DISABLE_TELEMETRY": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "AWS_EC2_METADATA_DISABLED": "true",
}
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "USER", "LOGNAME")
_NETWORK = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    # Where sources may be beside public addresses: servers of this machine, for one.
    "ROOKERY_SOURCE_ALLOWED",
)


def child_environment(temporary: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """`extra` on top of the little that every program needs.

    A child sees no credential, proxy or `MLFLOW_*`, `AWS_*`, `PG*` variable of the person's own
    shell; its temporary files land in `temporary`.
    """
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {
        **kept,
        "TMPDIR": str(temporary),
        "PYTHONUNBUFFERED": "1",
        # The folder a program runs in is data: nothing is imported from there.
        "PYTHONSAFEPATH": "1",
        **TELEMETRY_OFF,
        **(extra or {}),
    }


def outward() -> dict[str, str]:
    """The shell's proxies, certificates, `ROOKERY_S3_*` and list of source addresses, for the one
    program that fetches sources from elsewhere."""
    found = {
        name: value
        for name, value in os.environ.items()
        if name in _NETWORK or name.startswith("ROOKERY_S3_")
    }
    return {**found, "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
