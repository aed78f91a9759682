"""A model of members, whose rows are forgotten, on a stack of its own."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from tests.integration.local.support.command import Rookery

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED, ROLE_TRAINER
from rookery_core.database.sides import sides_table
from rookery_core.spec.catalog import load_catalog
from rookery_ingest.forget import hash_of_key
from rookery_local.folder.home import Home
from rookery_local.stack.supervisor import running_stack

MODEL = "members"
SPEC: dict[str, Any] = {
    "spec": 2,
    "name": MODEL,
    "title": "Members",
    "description": "Tells who stays.",
    "source": {"url": "file:members.csv"},
    "key": ["member"],
    "columns": [
        {"name": "member", "kind": "category", "values": "any", "max_values": 1000},
        {"name": "visits", "kind": "number", "range": [0, 1000]},
        {"name": "spending", "kind": "number", "range": [0, 1000]},
        {"name": "stays", "kind": "category", "values": ["no", "yes"]},
    ],
    "target": "stays",
    "features": ["visits", "spending"],
    "estimator": "k_nearest_neighbors",
    "search_space": {"n_neighbors": {"distribution": "choice", "values": [3, 5, 7, 9, 11, 13]}},
    "trials": 2,
    "gate": {"policy": "always"},
}
"""A k-nearest model: its graph is its training rows."""


class Members:
    """A model of members on a stack of its own."""

    def __init__(self, rookery: Rookery, folder: Path) -> None:
        self.rookery = rookery
        self.folder = folder
        self.forgotten: set[str] = set()
        self._ingested: tuple[str, str] | None = None
        draw = random.Random(7)
        self.rows = [
            (f"{draw.choice('ABCDEFG')}onya Quux {number}", *self._figures(draw, number % 2 == 0))
            for number in range(120)
        ]

    def _figures(self, draw: random.Random, stays: bool) -> tuple[float, float, str]:
        low = 100 if stays else 0
        visits, spending = (low + draw.random() * 150 for _ in range(2))
        return round(visits, 6), round(spending, 6), "yes" if stays else "no"

    def ingest(self, *, noise: bool = False, **changes: Any) -> None:
        """Ingests the table under the spec with these changes, unless both are as the last time.

        With noise nothing can be learned.
        """
        written = self.write(noise=noise, **changes)
        if written != self._ingested:
            self.rookery.run("ingest", MODEL)
            self._ingested = written

    def write(self, *, noise: bool = False, **changes: Any) -> tuple[str, str]:
        """Writes the spec with these changes, and the table; answers both."""
        spec = yaml.safe_dump({**SPEC, **changes})
        draw = random.Random(1)
        rows = [(*row[:3], draw.choice(["no", "yes"])) for row in self.rows] if noise else self.rows
        lines = [",".join(map(str, row)) for row in rows]
        table = "\n".join(["member,visits,spending,stays", *lines]) + "\n"
        (self.folder / f"{MODEL}.yaml").write_text(spec)
        (self.folder / "members.csv").write_text(table)
        return spec, table

    def champion(self) -> str:
        """Asks the API which version answers."""
        printed = self.rookery.run("predict", MODEL, "visits=120", "spending=110")
        [version] = re.findall(r'"version": "(\d+)"', printed)
        return str(version)

    def trained_on(self) -> list[tuple[str, float, float, str]]:
        """Lists the rows of the training side that were not forgotten."""
        spec = load_catalog(self.folder)[MODEL]
        stack = running_stack(self.rookery.home)
        assert stack is not None
        source = engine(stack.postgres.settings(ROLE_TRAINER), PROCESSED)
        sides = sides_table(spec)
        with source.connect() as connection:
            rows = connection.execute(sides.select().where(~sides.c.held))
            training = {bytes(row.identity) for row in rows}
        source.dispose()
        left = [row for row in self.rows if row[0] not in self.forgotten]
        return [row for row in left if hash_of_key(spec, [row[0]]) in training]

    def graphs(self) -> list[Path]:
        """Lists the graphs in the API's disk cache."""
        return sorted((self.rookery.home.part("api")).rglob("model.onnx"))


@contextmanager
def trained_members(folder: Path) -> Iterator[Members]:
    """Gives the block a model of which a version was promoted; afterwards nothing of it runs."""
    made = Members(Rookery(Home(folder / "state"), folder / "specs"), folder / "specs")
    made.folder.mkdir()
    made.write()
    made.rookery.run("up")
    made.ingest()
    made.rookery.run("train", MODEL)
    yield made
    made.rookery.run("down")
    assert made.rookery.is_gone
