"""`rookery run`, ended at every stage in every way; the same command goes on to the answer."""

import random
import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from tests.integration.local.support.command import Rookery, ended_rookery
from tests.integration.local.support.terminal import CONTROL_C, Terminal
from tools.harness.polling import eventually

from rookery_local.stack.stack import PARTS

SECONDS = 300
STARTING = ("spec ", "2/4")
"""What the terminal shows before all servers are up: the spec is written, they are started."""
WORKING = ("ingest ", "/4 trial", "fitting", "predict ")
"""What it shows afterwards: rows are read, trials run, the best is exported and promoted."""
GOES_ON = "The same command goes on where this ended"


@dataclass(frozen=True)
class Ending:
    """A way to end a command in a terminal, and the exit code that it has then."""

    end: Callable[[Terminal], int]
    code: int


def ctrl_c(terminal: Terminal, times: int = 1) -> int:
    terminal.press(CONTROL_C * times)
    return terminal.finish(SECONDS)


def sent(terminal: Terminal, number: signal.Signals) -> int:
    terminal.send(number)
    return terminal.finish(SECONDS)


def closed_window(terminal: Terminal) -> int:
    return terminal.close(SECONDS)


ENDINGS = {
    "ctrl-c": Ending(ctrl_c, 130),
    "ctrl-c thrice": Ending(partial(ctrl_c, times=3), 130),
    "sigterm": Ending(partial(sent, number=signal.SIGTERM), 143),
    "sigkill": Ending(partial(sent, number=signal.SIGKILL), -signal.SIGKILL),
    "closed window": Ending(closed_window, 129),
}


@pytest.fixture(scope="module")
def rookery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rookery]:
    with ended_rookery(tmp_path_factory.mktemp("interrupted")) as made:
        yield made


@pytest.fixture
def up(rookery: Rookery) -> Rookery:
    if not rookery.processes:
        rookery.run("up")
    return rookery


@pytest.fixture
def command(tmp_path: Path, numbers: Iterator[int]) -> tuple[str, ...]:
    """The command for a table that no other test has."""
    number = next(numbers)
    draw = random.Random(number)
    lines = ["age,plan,minutes,churn"]
    for _ in range(1000):
        plan, minutes = draw.choice(["basic", "plus"]), draw.random() * 300
        leaves = (plan == "basic" and minutes > 120) != (draw.random() < 0.05)
        lines.append(f"{draw.randint(18, 80)},{plan},{minutes:.2f},{'yes' if leaves else 'no'}")
    path = tmp_path / f"interrupted-{number}.csv"
    path.write_text("\n".join(lines) + "\n")
    options = ("--trials", "4", "--estimator", "logistic_regression")
    return ("run", str(path), "--target", "churn", *options)


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count(1)


def jobs_of(rookery: Rookery) -> list[str]:
    lines = [" ".join(process.cmdline()) for process in rookery.processes]
    return [line for line in lines if re.search("rookery_(ingest|trainer)", line)]


def assert_goes_on(rookery: Rookery, command: tuple[str, ...]) -> None:
    printed = rookery.run(*command)
    assert '{"class": "' in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("stage", STARTING)
@pytest.mark.parametrize("name", ENDINGS)
def test_a_run_that_is_ended_before_its_servers_are_up_goes_on(
    rookery: Rookery, command: tuple[str, ...], stage: str, name: str
) -> None:
    rookery.run("down")
    ending = ENDINGS[name]
    with Terminal(rookery.argv(*command)) as terminal:
        terminal.await_text(stage, SECONDS)

        code = ending.end(terminal)

        assert code == ending.code, terminal.shown
        assert "Traceback" not in terminal.shown
    assert_goes_on(rookery, command)


@pytest.mark.parametrize("stage", WORKING)
@pytest.mark.parametrize("name", ENDINGS)
def test_a_run_that_is_ended_at_work_leaves_no_job_and_goes_on(
    up: Rookery, command: tuple[str, ...], stage: str, name: str
) -> None:
    ending = ENDINGS[name]
    with Terminal(up.argv(*command)) as terminal:
        terminal.await_text(stage, SECONDS)

        code = ending.end(terminal)

        assert code == ending.code, terminal.shown
        assert "Traceback" not in terminal.shown
        # A closed window shows nothing more, and nobody says anything after SIGKILL.
        if name in {"ctrl-c", "ctrl-c thrice", "sigterm"}:
            assert GOES_ON in terminal.shown
            assert "--sweep-id" not in terminal.shown
    if name != "sigkill":
        assert not jobs_of(up)
    assert_goes_on(up, command)


@pytest.mark.parametrize("stage", WORKING)
@pytest.mark.parametrize("part", PARTS)
def test_a_run_whose_server_dies_says_which_one_and_goes_on(
    up: Rookery, command: tuple[str, ...], stage: str, part: str
) -> None:
    with Terminal(up.argv(*command)) as terminal:
        terminal.await_text(stage, SECONDS)

        up.part(part).kill()

        code = terminal.finish(SECONDS)
        shown = terminal.shown
    if code:
        assert code == 1, shown
        assert f"the stack has ended: {part} was killed by SIGKILL" in shown
        assert "Run again, it starts the stack where needed" in shown
    else:
        assert '{"class": "' in shown
    assert "Traceback" not in shown
    eventually(lambda: up.is_gone)
    assert_goes_on(up, command)


@pytest.mark.parametrize("stage", WORKING)
def test_a_run_whose_stack_is_stopped_says_so_and_goes_on(
    up: Rookery, command: tuple[str, ...], stage: str
) -> None:
    with Terminal(up.argv(*command)) as terminal:
        terminal.await_text(stage, SECONDS)

        up.run("down")

        code = terminal.finish(SECONDS)
        shown = terminal.shown
    assert code in {0, 1}, shown
    assert ("the stack has ended: it was stopped" in shown) == (code == 1), shown
    assert "Traceback" not in shown
    assert_goes_on(up, command)
