"""The ports of a stack's parts, and the folder of its specs."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pydantic import ValidationError

from rookery_core.errors import Refused
from rookery_core.frozen import Frozen
from rookery_local.process.ports import LOOPBACK, free_ports, is_free, require_free
from rookery_local.servers.object_store import PORTS

API_PORT = 8000
MLFLOW_PORT = 5000
MANAGEMENT_PORT = 9464


class Addresses(Frozen):
    """The ports on the loopback interface."""

    api: int
    management: int
    """The port for the API's metrics and health."""
    mlflow: int
    postgres: int
    object_store: tuple[int, ...]
    specs: str | None = None
    """The folder of specs that are served beside the shipped ones."""

    @property
    def ports(self) -> frozenset[int]:
        """All ports."""
        return frozenset(
            {self.api, self.management, self.mlflow, self.postgres, *self.object_store}
        )

    @property
    def api_url(self) -> str:
        """The address of the API."""
        return f"http://{LOOPBACK}:{self.api}"

    @property
    def management_url(self) -> str:
        """The address of the API's `/metrics` and `/healthz`."""
        return f"http://{LOOPBACK}:{self.management}"

    @property
    def mlflow_url(self) -> str:
        """The address of MLflow, for programs and for people."""
        return f"http://{LOOPBACK}:{self.mlflow}"


def load(path: Path) -> Addresses | None:
    """Reads the addresses from the file; None if it is absent or of another version."""
    try:
        return Addresses.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def save(path: Path, addresses: Addresses) -> None:
    """Writes the addresses into the file."""
    whole = path.with_suffix(".new")
    whole.write_text(addresses.model_dump_json(indent=2))
    whole.rename(path)


@dataclass(frozen=True)
class RequestedPorts:
    """The ports that a person asks for; None for any port."""

    api: int | None = None
    management: int | None = None
    mlflow: int | None = None


def choose(
    last: Addresses | None,
    requested: RequestedPorts,
    specs: Path | None,
    avoided: Collection[int] = (),
) -> Addresses:
    """Chooses a port for everything, and none of them twice.

    It is the requested port; otherwise the port of the last start if that is free; otherwise any
    free port that is not to be avoided.

    Raises:
        Refused: a requested port is in use, or is requested for two parts.
    """
    taken = _requested(requested) | {*avoided}
    spare = iter(free_ports(4 + PORTS + len(taken)))

    def port(wanted: int | None, *preferred: int | None) -> int:
        chosen = wanted or next(
            each for each in chain(preferred, spare) if each and each not in taken and is_free(each)
        )
        taken.add(chosen)
        return chosen

    api = port(requested.api, last.api if last else None, API_PORT)
    mlflow = port(requested.mlflow, last.mlflow if last else None, MLFLOW_PORT)
    management = port(requested.management, last.management if last else None, MANAGEMENT_PORT)
    postgres = port(None, last.postgres if last else None)
    store = last.object_store if last else ()
    reusable = len(store) == PORTS and not taken & {*store} and all(map(is_free, store))
    return Addresses(
        api=api,
        management=management,
        mlflow=mlflow,
        postgres=postgres,
        object_store=store if reusable else tuple(port(None) for _ in range(PORTS)),
        specs=str(specs.absolute()) if specs else None,
    )


def _requested(requested: RequestedPorts) -> set[int]:
    """Collects the requested ports; each is free and is requested once."""
    taken: set[int] = set()
    for port, purpose, option in (
        (requested.api, "the API", "--api-port"),
        (requested.management, "the API's metrics and health", "--management-port"),
        (requested.mlflow, "MLflow", "--mlflow-port"),
    ):
        if port is None:
            continue
        if port in taken:
            raise Refused(f"port {port} is wanted twice; name another port with {option}")
        remedy = f"stop what listens there, or name another port with {option}"
        taken.add(require_free(port, purpose, remedy))
    return taken
