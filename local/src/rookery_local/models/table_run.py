"""From a table to an answer: ingest, training and a prediction, each as far as it is new."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from rookery_core.errors import Refused, Unavailable
from rookery_core.waiting import Wait, poll_until
from rookery_local.console.report import Report
from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock, holder
from rookery_local.models.demo import ask
from rookery_local.models.model_cards import cards_of
from rookery_local.models.model_versions import champion_version
from rookery_local.models.prediction import Prediction
from rookery_local.models.table_spec import TableSpec
from rookery_local.models.training import Training, ingest, train_at_need
from rookery_local.stack.presence import Watch, explained
from rookery_local.stack.stack import Stack

REJECTED = "rejected"
KNOWN = Wait(30.0, 0.2)
"""How long the API may take to read a new spec; it looks every few seconds."""


@dataclass(frozen=True)
class TableRun:
    """What came of a table."""

    table_spec: TableSpec
    training: Training
    prediction: Prediction | None
    """The answer of the champion; None if there is none."""


@contextmanager
def one_run_at_a_time(home: Home, model: str) -> Iterator[None]:
    """Holds the lock of the model's runs for the time of the block.

    Raises:
        Unavailable: another run of the model is under way.
    """
    home.prepare()
    path = home.run_lock(model)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    lock = FolderLock(path)
    if not lock.take():
        raise Unavailable(
            f"another run of {model} is under way ({holder(path) or 'it has just begun'}); "
            "wait for its end, then do it again"
        )
    with closing(lock):
        lock.sign(f"rookery run, model {model}")
        yield


def run_table(stack: Stack, table_spec: TableSpec, report: Report, watch: Watch) -> TableRun:
    """Ingests the table, trains the model where that is needed, and asks for a prediction.

    The sweep is that of this spec and these rows: a run that was interrupted goes on with it.

    Raises:
        Refused: the table or the spec makes it impossible.
        Unavailable: a retry may help; it goes on where this ended.
    """
    try:
        with explained(watch):
            return _answered(stack, table_spec, report, watch)
    except Refused as refusal:
        raise Refused(
            f"{refusal}\nThe spec is {table_spec.path}: correct it, or delete it to have it "
            "written anew"
        ) from None
    except Unavailable as outage:
        raise Unavailable(
            f"{outage}\nRun again, it starts the stack where needed and goes on where this ended."
        ) from None


def _answered(stack: Stack, table_spec: TableSpec, report: Report, watch: Watch) -> TableRun:
    spec = table_spec.spec
    digest = ingest(stack, spec, report, watch)
    training = train_at_need(stack, spec, report, watch, digest)
    if champion_version(stack.tracking.settings, spec.name) is None:
        return TableRun(table_spec, training, None)
    _await_known(stack, spec.name)
    return TableRun(table_spec, training, ask(stack, spec, report))


def _await_known(stack: Stack, model: str) -> None:
    """Waits until the API has read the model's spec."""
    url = stack.addresses.api_url
    poll_until(
        lambda: any(card["name"] == model for card in cards_of(url)) or None,
        KNOWN,
        lambda: f"the API does not know model {model}; see `rookery logs api`",
    )
