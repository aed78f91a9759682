"""The environment variables of a child process: what it needs, and nothing else."""

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
    # Addresses of sources that are not public, such as servers on this machine.
    "ROOKERY_SOURCE_ALLOWED",
)


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


def outward() -> dict[str, str]:
    """Reads the shell's proxies, certificates, `ROOKERY_S3_*` and allowed source addresses.

    They are for ingest, the one program that fetches files from other machines.
    """
    found = {
        name: value
        for name, value in os.environ.items()
        if name in _NETWORK or name.startswith("ROOKERY_S3_")
    }
    return {**found, "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
