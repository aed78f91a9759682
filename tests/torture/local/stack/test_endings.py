"""Every way in which a stack can end, at several moments; nothing of it is left running."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.local.support.command import Rookery
from tools.harness.polling import eventually

from rookery_local.folder.home import Home
from rookery_local.stack.stack import PARTS

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
MOMENTS = (0.3, 1.5, 3.0, 6.0, 12.0)
"""Seconds after the start: in initdb, between two parts, in a migration, in a sweep."""


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rookery]:
    """A state folder whose data and models every ending must leave intact."""
    rookery = Rookery(Home(tmp_path_factory.mktemp("used") / "state"))
    rookery.run("demo", "--once")
    yield rookery
    assert "train species: version 1 is the champion" in rookery.run("demo", "--once")


@pytest.fixture
def fresh(tmp_path: Path) -> Rookery:
    return Rookery(Home(tmp_path / "state"))


@pytest.mark.parametrize("number", SIGNALS)
def test_no_signal_to_the_supervisor_leaves_anything(used: Rookery, number: signal.Signals) -> None:
    used.run("up")

    used.supervisor.send_signal(number)

    eventually(lambda: used.is_gone)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_death_of_a_part_stops_the_stack(
    used: Rookery, part: str, number: signal.Signals
) -> None:
    used.run("up")
    if (part, number) == ("postgres", signal.SIGTERM):
        number = signal.SIGINT  # at SIGTERM it would wait for its clients, which stay

    used.part(part).send_signal(number)

    eventually(lambda: used.is_gone)
    assert f"The last one ended by itself: {part} " in used.run("status", expect=3)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("number", SIGNALS)
def test_a_demo_that_is_ended_at_any_moment_leaves_nothing(
    fresh: Rookery, number: signal.Signals, moment: float
) -> None:
    demo = fresh.start("demo", "--once")
    with pytest.raises(subprocess.TimeoutExpired):
        demo.wait(moment)

    demo.send_signal(number)

    # Before its first line has run, Python ends by the signal itself.
    assert demo.wait(60) in (-number, 128 + number)
    eventually(lambda: fresh.is_gone)
    fresh.run("up")
    fresh.run("down")
    assert fresh.is_gone
