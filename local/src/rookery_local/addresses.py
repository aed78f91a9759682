"""Where the parts of a stack listen, and which catalog they serve."""

from pathlib import Path

from pydantic import ValidationError

from rookery_core.frozen import Frozen
from rookery_local.object_store import PORTS
from rookery_local.ports import LOOPBACK, demand_free, free_ports, is_free

API_PORT = 8000
MLFLOW_PORT = 5000


class Addresses(Frozen):
    """Ports of the loopback interface."""

    api: int
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


def choose(
    last: Addresses | None, api: int | None, mlflow: int | None, specs: Path | None
) -> Addresses:
    """A port for everything: the demanded one, else the last one if free, else any free one.

    Raises:
        Refused: where a demanded port is in use.
    """
    store = last.object_store if last else ()
    reusable = len(store) == PORTS and all(is_free(port) for port in store)
    spare = iter(free_ports(3 + PORTS))
    return Addresses(
        api=_port(api, "the API", "--api-port", [last.api if last else 0, API_PORT, next(spare)]),
        mlflow=_port(
            mlflow,
            "MLflow",
            "--mlflow-port",
            [last.mlflow if last else 0, MLFLOW_PORT, next(spare)],
        ),
        postgres=_port(None, "PostgreSQL", "", [last.postgres if last else 0, next(spare)]),
        object_store=store if reusable else tuple(spare),
        specs=str(specs.absolute()) if specs else None,
    )


def _port(demanded: int | None, purpose: str, option: str, wishes: list[int]) -> int:
    if demanded is not None:
        remedy = f"stop what listens there, or name another port with {option}"
        return demand_free(demanded, purpose, remedy)
    return next(port for port in wishes if port and is_free(port))
