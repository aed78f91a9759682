"""The slot of a sweep: before it has one, the program is small and holds nobody up."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from tests.integration.trainer.support.processed_rows import add_batch, penguins

from rookery_core.database.slots import Slots
from rookery_core.settings import PostgresSettings
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.waiting import Wait, poll_until
from rookery_local.process.settings_environment import environment_of
from rookery_local.servers.postgres import Postgres

MOST_MEMORY = 110
"""MiB that a sweep may take while it waits; once it works, it imports 300 more."""


@dataclass(frozen=True)
class Sweep:
    """The program of a sweep that was started, with one slot in its installation."""

    process: "subprocess.Popen[str]"
    log: Path

    def says(self, name: str) -> bool:
        """Tells whether it has written that event."""
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("{")]
        return any(json.loads(line)["event"] == name for line in lines)

    def await_event(self, name: str) -> None:
        """Waits until it has written that event."""
        poll_until(lambda: self.says(name) or None, Wait(60, 0.05), self.log.read_text)

    def memory(self) -> float:
        """Reads how much it has in memory, with its children, in MiB."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        status = [
            Path(f"/proc/{pid}/status").read_text()
            for pid in [str(self.process.pid), *children.split()]
        ]
        return sum(int(each.split("VmRSS:")[1].split()[0]) for each in status) / 1024


@pytest.fixture
def spec(tmp_path: Path) -> ModelSpec:
    """A model of its own, in a catalog, without data."""
    spec = load_catalog()["sex"].model_copy(update={"name": f"t{uuid4().hex[:12]}"})
    text = json.dumps(spec.model_dump(mode="json"))
    (tmp_path / f"{spec.name}.yaml").write_text(text)
    return spec


@contextmanager
def sweep(trainer: PostgresSettings, spec: ModelSpec, specs: Path, wait: float) -> Iterator[Sweep]:
    """Starts the sweep; ends it with the block."""
    log = specs / "sweep.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "rookery_trainer", "sweep", spec.name],
            env={
                **environment_of(trainer),
                "ROOKERY_SPECS_DIRECTORY": str(specs),
                "ROOKERY_SLOT_COUNT": "1",
                "ROOKERY_TRAINER_DATA_WAIT": str(wait),
                "ROOKERY_MLFLOW_URL": "http://127.0.0.1:1",
            },
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        yield Sweep(process, log)
    finally:
        process.kill()
        process.wait()


def test_a_sweep_that_waits_for_its_slot_takes_little_memory(
    postgres: Postgres, spec: ModelSpec, tmp_path: Path
) -> None:
    ingest, trainer = postgres.settings("ingest"), postgres.settings("trainer")
    add_batch(ingest, spec, penguins())

    with Slots(ingest, 1).one(), sweep(trainer, spec, tmp_path, 600) as waits:
        waits.await_event("waiting for a slot")

        assert waits.memory() < MOST_MEMORY
        assert waits.process.poll() is None


def test_a_sweep_waits_for_its_data_as_long_as_somebody_works_in_a_slot(
    postgres: Postgres, spec: ModelSpec, tmp_path: Path
) -> None:
    trainer = postgres.settings("trainer")

    with sweep(trainer, spec, tmp_path, wait=1) as waits:
        with Slots(postgres.settings("ingest"), 1).one():
            waits.await_event("waiting for data")
            time.sleep(5)
            alive = waits.process.poll() is None

        assert alive
        assert waits.process.wait(60) == 1
        assert not waits.says("waiting for a slot")
        assert "run the ingest job" in waits.log.read_text()
