"""Settings of the API, read from the environment (`ROOKERY_API_*`)."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024
Origin = Annotated[
    str,
    Field(
        pattern=r"^(\*|https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?)$"
    ),
]
"""What a browser sends as `Origin`: in lower case, without a path or a slash at its end."""


class ApiSettings(BaseSettings):
    """How the API listens, what it accepts and where it keeps its copy of the champions."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_API_", frozen=True)

    host: str = "127.0.0.1"
    """The address to listen on; empty is every address, of both families, as in a pod."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """TCP port; 0 picks a free one."""
    cache_directory: Path = Path("/var/cache/rookery-api")
    """Where verified bundles are kept for a restart without registry."""
    cache_bytes: Annotated[int, Field(gt=0)] = 512 * MIB
    """The most bytes that cached bundles which do not serve may fill together."""
    default_model: str = "species"
    """The model that `/invocations` without a name means."""
    without_models: tuple[str, ...] = ()
    """Models that this process does not serve or list though there is a spec, as a JSON list; such
    as one that ships with Rookery."""
    allowed_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    """Host names that requests may name, without a port, as a JSON list; `*.example.org` means
    every name below it, `*` every name. Probes and the management port answer under any name."""
    allowed_origins: tuple[Origin, ...] = ()
    """Origins whose pages may call the API from a browser, as a JSON list: scheme, host and port as
    browsers send them, such as `https://shop.example.org`; `*` allows every page. None by
    default. Keys are asked for all the same."""
    access: Literal["keys", "open"] = "keys"
    """Who may ask. `keys`: callers with a key. `open`: everybody, and then there must be no key.
    Probes need no key (`/livez`, `/readyz`, `/v2/health/...`, `/ping`, `/health`)."""
    api_key: SecretStr | None = None
    """A key that opens everything, sent as `X-API-Key` or `Authorization: Bearer`: 16 to 512
    characters of printable ASCII without spaces. Its name is `default`."""
    keys: SecretStr | None = None
    """Further keys by name, as JSON: `{"shop": {"key": "...", "scopes": ["predict", "read"],
    "max_in_flight": 50}}`. The scopes are those of `access/keys.py`; `max_in_flight`, the most
    requests under way with that key, may be left out."""
    open_pages: bool = False
    """Whether the page (`/`) and the documents (`/docs`, `/openapi.json`) answer without a key
    where other routes ask for one."""
    management_host: str = "127.0.0.1"
    """The address on which `/metrics` and `/healthz` answer anybody; empty in a pod, where no
    Service leads to it."""
    management_port: Annotated[int, Field(ge=0, le=65535)] = 9464
    """TCP port of that address; 0 picks a free one."""

    poll_seconds: Annotated[float, Field(gt=0, le=5)] = 4.0
    """The longest pause between two polls of the registry."""
    poll_backoff_seconds: Annotated[float, Field(gt=0)] = 15.0
    """The longest pause between two polls while the registry does not answer."""
    registry_timeout_seconds: Annotated[float, Field(gt=0)] = 5.0
    """How long one call to the registry may take to connect, and then until each next byte."""
    download_seconds: Annotated[float, Field(gt=0)] = 60.0
    """How long fetching one bundle may take."""
    load_seconds: Annotated[int, Field(gt=0)] = 60
    """How long reading, loading and trying one bundle may take, in a process of its own."""
    history_seconds: Annotated[float, Field(gt=0)] = 30.0
    """How old the history on the cards may be while no champion changes."""

    max_model_bytes: Annotated[int, Field(gt=0)] = 64 * MIB
    """The largest `model.onnx` that is fetched."""
    max_body_bytes: Annotated[int, Field(gt=0)] = MIB
    """The largest request body."""
    max_buffered_bytes: Annotated[int, Field(gt=0)] = 64 * MIB
    """The most that the bodies of all requests under way may hold together."""
    max_batch: Annotated[int, Field(gt=0)] = 1000
    """The most rows of one request."""
    max_in_flight: Annotated[int, Field(gt=0)] = 512
    """The most requests under way at once; one more gets 503 and `Retry-After`."""
    max_connections: Annotated[int, Field(gt=0)] = 4096
    """The most open connections; one more takes the place of the one that has been idle longest, or
    gets 503 where none is idle. File handles may allow fewer."""
    max_header_bytes: Annotated[int, Field(gt=0)] = 32 * 1024
    """The most that a request line and its headers may hold, and as much again what a chunked body
    has beside its data."""
    receive_seconds: Annotated[float, Field(gt=0)] = 8.0
    """How long a request may take to arrive, headers and body together."""
    send_seconds: Annotated[float, Field(gt=0)] = 10.0
    """How long a caller may leave an answer unread."""
    keep_alive_seconds: Annotated[int, Field(gt=0)] = 65
    """How long an idle connection stays open; longer than a proxy keeps its own (60 s)."""
    drain_seconds: Annotated[float, Field(ge=0)] = 0.0
    """How long the API goes on accepting requests after SIGTERM, while `/readyz` says no."""
    grace_seconds: Annotated[int, Field(gt=0)] = 20
    """How long requests under way may take to finish after that."""
    access_log: bool = True
    """Whether every request but the probes leaves a line."""
