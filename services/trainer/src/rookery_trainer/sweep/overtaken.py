"""Overtaken sweeps: they have read a row that was forgotten; another one takes their place."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import structlog
from sqlalchemy import Engine

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.settings import PostgresSettings
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.champion_bundle import ChampionBundle
from rookery_trainer.data.erasures import RowsForgotten, has_lost_rows
from rookery_trainer.sweep.trainer import Trainer
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import Parent, SweepInputs


def followed(trainer: Trainer, sweep_id: str) -> str:
    """Returns the sweep that has taken the place of that one; that one itself where none has."""
    found = trainer.runs().followed(sweep_id)
    if found != sweep_id:
        structlog.contextvars.bind_contextvars(sweep_id=found)
    return found


def require_still_there(trainer: Trainer, inputs: SweepInputs) -> None:
    """Checks it again, later in the sweep; raises as `require_rows`."""
    with processed_data(trainer.postgres) as source:
        require_rows(source, trainer.spec, inputs)


def require_rows(source: Engine, spec: ModelSpec, inputs: SweepInputs) -> None:
    """Checks that no row that the sweep has read was forgotten since.

    Raises:
        RowsForgotten: one was.
    """
    with source.connect() as connection:
        lost = has_lost_rows(connection, spec, inputs.watermark, inputs.data_digest)
    if lost:
        raise RowsForgotten(
            f"a row that sweep {inputs.sweep_id!r} of {spec.name!r} has read was forgotten since; "
            "run the job again: another sweep takes its place, and reads the rows that are left"
        )


def marked(trainer: Trainer, champion: ChampionBundle) -> ChampionBundle:
    """Returns the champion with whether its sweep has read a row that was forgotten since."""
    with processed_data(trainer.postgres) as source, source.connect() as connection:
        digest = champion.manifest.data_digest
        must_go = has_lost_rows(connection, trainer.spec, champion.watermark, digest)
    return replace(champion, must_go=must_go)


@contextmanager
def replaced_where_overtaken(runs: Runs, parent: Parent) -> Iterator[None]:
    """Lets another sweep take the place of this one, where the block finds a row forgotten."""
    try:
        yield
    except RowsForgotten:
        runs.replace(parent)
        raise


@contextmanager
def processed_data(postgres: PostgresSettings) -> Iterator[Engine]:
    """Opens the database of processed data for the time of the block."""
    source = engine(postgres, PROCESSED)
    try:
        yield source
    finally:
        source.dispose()
