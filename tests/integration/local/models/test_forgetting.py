"""`rookery forget`: afterwards no file holds the row, and no version that has read it is left."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from tests.integration.local.support.members import MODEL, Members, trained_members
from tests.some import some

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_local.stack.supervisor import running_stack

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Members]:
    """A model of which a version was promoted; tests may forget rows, and stop its stack."""
    with trained_members(tmp_path_factory.mktemp("members")) as made:
        yield made


@pytest.fixture
def members(trained: Members) -> Members:
    """A champion that was trained on all rows that were not forgotten, in a stack that is up."""
    if trained.rookery.is_gone:
        trained.rookery.run("up")
    trained.ingest()
    return trained


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
    before = members.champion()

    printed = members.rookery.run("forget", MODEL, "--key", "Nobody")

    assert "no batch has such a row" in printed
    assert "versions of members that have read it: none" in printed
    assert members.champion() == before


def test_a_rejected_replacement_is_said_in_words(members: Members) -> None:
    before = members.champion()
    person = members.trained_on()[0][0]
    members.forgotten.add(person)
    members.ingest(noise=True, gate={"policy": "superior"})

    refused = members.rookery.run("forget", MODEL, "--key", person, expect=42)

    assert f"but version {before}, which has read it, serves on: the gate rejects" in refused
    assert "write `gate: {policy: always}` into the spec, then give the same command" in refused
    assert members.champion() == before


def test_after_forgetting_no_file_of_the_stack_holds_the_row(members: Members) -> None:
    champion_before = members.champion()
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
    assert int(members.champion()) > int(champion_before)
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
