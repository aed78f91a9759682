"""Where the parts of a stack listen, and which catalog they serve."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pydantic import ValidationError

from rookery_core.errors import Refused
from rookery_core.frozen import Frozen
from rookery_local.object_store import PORTS
from rookery_local.ports import LOOPBACK, demand_free, free_ports, is_free

API_PORT = 8000
MLFLOW_PORT = 5000
MANAGEMENT_PORT = 9464


class Addresses(Frozen):
    """Ports of the loopback interface."""

    api: int
    management: int
    """The API's port of metrics and health."""
    mlflow: int
    postgres: int
    object_store: tuple[int, ...]
    specs: str | None = None
    """The folder of specs beside the shipped ones."""

    @property
    def api_url(self) -> str:
        """Where the API answers."""
        return f"http://{LOOPBACK}:{self.api}"

    @property
    def management_url(self) -> str:
        """Where the API's `/metrics` and `/healthz` answer."""
        return f"http://{LOOPBACK}:{self.management}"

    @property
    def mlflow_url(self) -> str:
        """Where MLflow answers, for programs and for people."""
        return f"http://{LOOPBACK}:{self.mlflow}"


def load(path: Path) -> Addresses | None:
    """The addresses in the file; None where it is absent or another version's."""
    try:
        return Addresses.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def save(path: Path, addresses: Addresses) -> None:
    """The file holds the addresses."""
    whole = path.with_suffix(".new")
    whole.write_text(addresses.model_dump_json(indent=2))
    whole.rename(path)


@dataclass(frozen=True)
class Demanded:
    """The ports that a person names; None for any."""

    api: int | None = None
    management: int | None = None
    mlflow: int | None = None


def choose(last: Addresses | None, demanded: Demanded, specs: Path | None) -> Addresses:
    """Chooses a port for everything: the demanded one, else the last one if free, else any free
    one, and none of them twice.

    Raises:
        Refused: where a demanded port is in use, or demanded for two.
    """
    taken = _demanded(demanded)
    spare = iter(free_ports(4 + PORTS))

    def port(demand: int | None, *wishes: int | None) -> int:
        chosen = demand or next(
            each for each in chain(wishes, spare) if each and each not in taken and is_free(each)
        )
        taken.add(chosen)
        return chosen

    api = port(demanded.api, last.api if last else None, API_PORT)
    mlflow = port(demanded.mlflow, last.mlflow if last else None, MLFLOW_PORT)
    management = port(demanded.management, last.management if last else None, MANAGEMENT_PORT)
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


def _demanded(demanded: Demanded) -> set[int]:
    """Returns the demanded ports; each is free, and demanded once."""
    taken: set[int] = set()
    for port, purpose, option in (
        (demanded.api, "the API", "--api-port"),
        (demanded.management, "the API's metrics and health", "--management-port"),
        (demanded.mlflow, "MLflow", "--mlflow-port"),
    ):
        if port is None:
            continue
        if port in taken:
            raise Refused(f"port {port} is wanted twice; name another port with {option}")
        remedy = f"stop what listens there, or name another port with {option}"
        taken.add(demand_free(port, purpose, remedy))
    return taken
