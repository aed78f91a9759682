"""The slot of a sweep that an installation starts, beside those of the other models."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Engine

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.database.slots import Slots, SlotSettings
from rookery_core.settings import CatalogSettings, PostgresSettings
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.waiting import Wait
from rookery_trainer.data.batch import NoData, await_batch
from rookery_trainer.settings import TrainerSettings


@contextmanager
def slot_for(model: str) -> Iterator[None]:
    """Holds a slot while the block runs, where the environment says that there are some.

    It is taken once the model's data are there: whoever ingests them may need it before.

    Raises:
        NoData: the data did not come in time, and nobody was at work who may have been in the way.
        Refused: there is no such spec.
    """
    count = SlotSettings().count
    if not count:
        yield
        return
    spec = load_catalog(CatalogSettings().directory).spec(model)
    postgres = PostgresSettings()
    slots = Slots(postgres, count)
    source = engine(postgres, PROCESSED)
    _await_data(source, spec, slots)
    source.dispose()
    with slots.one():
        yield


def _await_data(source: Engine, spec: ModelSpec, slots: Slots) -> None:
    """Waits for a first batch; as long as slots are in use, its ingest may still wait for one."""
    wait = Wait(TrainerSettings().data_wait)
    while True:
        try:
            await_batch(source, spec, wait)
        except NoData:
            if not slots.in_use():
                raise
        else:
            return
