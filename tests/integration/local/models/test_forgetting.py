"""`rookery forget`: afterwards no file holds the row, and no version that has read it is left."""

import random
import re
import signal
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import yaml
from onnx import numpy_helper
from tests.integration.local.support.command import Rookery
from tests.some import some

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED, ROLE_TRAINER
from rookery_core.database.sides import sides_table
from rookery_core.spec.catalog import load_catalog
from rookery_core.waiting import Wait, poll_until
from rookery_ingest.forget import hash_of_key
from rookery_local.folder.home import Home
from rookery_local.process.events import Events
from rookery_local.stack.supervisor import running_stack

pytestmark = pytest.mark.timeout(1800)
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
ONE = Wait(120.0, 0.1)


class Members:
    """A model of members on a stack of its own."""

    def __init__(self, rookery: Rookery, folder: Path) -> None:
        self.rookery = rookery
        self.folder = folder
        self.forgotten: set[str] = set()
        draw = random.Random(7)
        self.rows = [
            (f"{draw.choice('ABCDEFG')}onya Quux {number}", *self._figures(draw, number % 2 == 0))
            for number in range(120)
        ]

    def _figures(self, draw: random.Random, stays: bool) -> tuple[float, float, str]:
        low = 100 if stays else 0
        visits, spending = (low + draw.random() * 150 for _ in range(2))
        return round(visits, 6), round(spending, 6), "yes" if stays else "no"

    def write(self, *, noise: bool = False, **changes: Any) -> None:
        """Writes the spec with these changes, and the table; with noise nothing can be learned."""
        (self.folder / f"{MODEL}.yaml").write_text(yaml.safe_dump({**SPEC, **changes}))
        draw = random.Random(1)
        rows = [(*row[:3], draw.choice(["no", "yes"])) for row in self.rows] if noise else self.rows
        lines = [",".join(map(str, row)) for row in rows]
        text = "\n".join(["member,visits,spending,stays", *lines]) + "\n"
        (self.folder / "members.csv").write_text(text)

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


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Members]:
    """A model of which a version was promoted; tests may forget rows, and stop its stack."""
    folder = tmp_path_factory.mktemp("members")
    made = Members(Rookery(Home(folder / "state"), folder / "specs"), folder / "specs")
    made.folder.mkdir()
    made.write()
    made.rookery.run("up")
    made.rookery.run("ingest", MODEL)
    made.rookery.run("train", MODEL)
    yield made
    made.rookery.run("down")
    assert made.rookery.is_gone


@pytest.fixture
def members(trained: Members) -> Members:
    """A champion that was trained on all rows that were not forgotten, in a stack that is up."""
    if trained.rookery.is_gone:
        trained.rookery.run("up")
    trained.write()
    trained.rookery.run("ingest", MODEL)
    return trained


def champion(members: Members) -> str:
    """Asks the API which version answers."""
    printed = members.rookery.run("predict", MODEL, "visits=120", "spending=110")
    [version] = re.findall(r'"version": "(\d+)"', printed)
    return str(version)


def forms(row: tuple[str, float, float, str], graph: Path) -> list[bytes]:
    """Lists how a row may be written: its texts, its numbers, and what the graph has of it."""
    name, visits, spending, _ = row
    texts = [name.encode(), str(visits).encode(), str(spending).encode()]
    numbers = [struct.pack("<d", each) for each in (visits, spending)]
    return [*texts, *numbers, *in_graph(graph)]


def in_graph(graph: Path) -> list[bytes]:
    """Reads the point with the most visits of a k-nearest graph, whose points are training rows."""
    model = onnx.load(graph)
    bodies = [a.g for node in model.graph.node for a in node.attribute if a.HasField("g")]
    [points] = [
        numpy_helper.to_array(each)
        for body in some(bodies)
        for each in body.initializer
        if each.name == "vote.points"
    ]
    point = points[np.argmax(points[:, 0])]
    return [point.astype(kind).tobytes() for kind in ("<f8", "<f4")]


def found(folder: Path, wanted: list[bytes]) -> set[str]:
    """Lists the files below the folder in which one of these stands."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(folder))
        for path in some(files)
        if any(form in path.read_bytes() for form in wanted)
    }


def test_a_key_of_another_form_is_refused_at_once(members: Members) -> None:
    refused = members.rookery.run("forget", MODEL, "--key", "one", "two", expect=42)

    assert "the key of 'members' is ['member']; give one value for each" in refused


def test_a_key_that_no_row_has_changes_no_version(members: Members) -> None:
    before = champion(members)

    printed = members.rookery.run("forget", MODEL, "--key", "Nobody")

    assert "no batch has such a row" in printed
    assert "versions of members that have read it: none" in printed
    assert champion(members) == before


def test_a_rejected_replacement_is_said_in_words_and_an_interruption_is_gone_on_with(
    members: Members,
) -> None:
    before = champion(members)
    person = members.trained_on()[0][0]
    members.forgotten.add(person)
    members.write(noise=True, gate={"policy": "superior"})
    members.rookery.run("ingest", MODEL)

    refused = members.rookery.run("forget", MODEL, "--key", person, expect=42)

    assert f"but version {before}, which has read it, serves on: the gate rejects" in refused
    assert "write `gate: {policy: always}` into the spec, then give the same command" in refused
    assert champion(members) == before
    members.write(trials=6)
    members.rookery.run("ingest", MODEL)
    log = members.rookery.home.log(f"train-{MODEL}")
    events = Events(log)
    process = members.rookery.start("forget", MODEL, "--key", person)
    poll_until(
        lambda: any(each["event"] == "trial" for each in events.read()) or None,
        ONE,
        lambda: f"no trial in {log.read_text()}",
    )
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 128 + signal.SIGINT
    printed = members.rookery.run("forget", MODEL, "--key", person)
    assert re.search(rf"train {MODEL} .*6/6", printed)
    assert "What may still hold it:" in printed
    assert int(champion(members)) > int(before)


def test_after_forgetting_no_file_of_the_stack_holds_the_row(members: Members) -> None:
    champion_before = champion(members)
    person = max(members.trained_on(), key=lambda row: row[1])
    members.forgotten.add(person[0])
    wanted = forms(person, members.graphs()[-1])
    checkpoint(members)
    before = found(members.rookery.home.root, wanted)
    assert {each.split("/")[0] for each in before} >= {"postgres", "object-store", "api"}

    printed = members.rookery.run("forget", MODEL, "--key", person[0])

    read = rf"Version {champion_before} of members has read the row \(run .*\); it is the champ"
    assert re.search(read, printed)
    assert "members.csv: until you delete it there" in printed
    assert int(champion(members)) > int(champion_before)
    members.rookery.run("ingest", MODEL)
    members.rookery.run("down")
    assert found(members.rookery.home.root, wanted) == set()


def checkpoint(members: Members) -> None:
    """Lets PostgreSQL write what it has in memory into its files."""
    stack = running_stack(members.rookery.home)
    assert stack is not None
    server = engine(stack.postgres.admin, PROCESSED)
    with server.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
    server.dispose()
