"""One stack at a time has a state folder, and no two servers share its data."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.local.support.command import Rookery, ended_rookery
from tools.harness.polling import eventually

from rookery_local.folder.lock import holder

SECONDS = 300
"""How long a start may take on a busy machine."""


@pytest.fixture
def rookery(tmp_path: Path) -> Iterator[Rookery]:
    """A state folder for this test; in the end nothing of its stack runs."""
    with ended_rookery(tmp_path) as made:
        yield made


def test_of_two_starts_at_once_one_wins_and_the_other_names_it(rookery: Rookery) -> None:
    both = [
        subprocess.Popen(
            rookery.argv("up"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    ends = [(*each.communicate(timeout=SECONDS), each.returncode) for each in both]

    assert sorted(code for *_, code in ends) == [0, 42], ends
    (said,) = (error for _, error, code in ends if code == 42)
    assert f"a stack is already starting in {rookery.home.root} (process " in said
    assert "`rookery up` since " in said
    assert "does not answer" not in rookery.run("status")


def test_a_demo_beside_a_starting_stack_names_its_holder(rookery: Rookery) -> None:
    up = rookery.start("up")
    eventually(rookery.home.addresses.exists, SECONDS)

    printed = rookery.run("demo", "--once", expect=42)
    asked = rookery.run("ingest", "species", expect=1)

    assert f"a stack is already starting in {rookery.home.root} (process " in printed
    assert "is still starting" in asked
    assert up.wait(SECONDS) == 0
    found = holder(rookery.home.lock)
    assert found is not None
    assert (found.command, found.is_up) == ("rookery up", True)


def test_servers_that_were_abandoned_are_ended_before_new_ones_start(rookery: Rookery) -> None:
    rookery.run("up")
    left = rookery.abandon()
    assert {"postgres", "weed"} <= {each.name() for each in left}

    rookery.run("up")

    assert not [each for each in left if each.is_running()]
    assert "does not answer" not in rookery.run("status")
