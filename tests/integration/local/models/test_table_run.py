"""`rookery run`: a table in any folder becomes an answer, and again only what is new."""

import json
import random
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.integration.local.support.command import Rookery, ended_rookery

from rookery_core.spec.spec_yaml import parse_spec

HEADER = "Customer Age,plan,minutes,Churn"


@pytest.fixture(scope="module")
def rookery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rookery]:
    """A state folder without a stack; whatever a test starts there ends with the module."""
    with ended_rookery(tmp_path_factory.mktemp("run")) as made:
        yield made


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Customers who leave when they call much and are on the cheap plan."""
    path = tmp_path_factory.mktemp("tables") / "My Churn (2026).csv"
    write(path, rows(400))
    return path


def rows(count: int, seed: int = 1, signal: bool = True) -> list[str]:
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        age, plan, minutes = (
            draw.randint(18, 80),
            draw.choice(["basic", "plus"]),
            draw.random() * 300,
        )
        leaves = plan == "basic" and minutes > 120 if signal else draw.random() < 0.5
        if draw.random() < 0.03:
            leaves = not leaves
        found.append(f"{age},{plan},{minutes:.2f},{'yes' if leaves else 'no'}")
    return found


def write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join([HEADER, *lines]) + "\n")


def spec_of(rookery: Rookery, model: str) -> Path:
    return rookery.home.specs / f"{model}.yaml"


def answer(printed: str) -> dict[str, object]:
    (line,) = (line for line in printed.splitlines() if line.startswith('{"class"'))
    found: dict[str, object] = json.loads(line)
    return found


@pytest.fixture(scope="module")
def first(rookery: Rookery, table: Path) -> str:
    """What the first run printed."""
    return rookery.run("run", str(table), "--target", "churn", "--trials", "3")


def test_a_table_becomes_an_answer_in_one_command(rookery: Rookery, first: str) -> None:
    assert f"spec my-churn-2026: written: {spec_of(rookery, 'my-churn-2026')}" in first
    assert "start 4/4 api" in first
    assert "loaded 400" in first
    assert "train my-churn-2026 3/3" in first
    assert re.search(r"curl -s http://127\.0\.0\.1:\d+/predict/my-churn-2026 ", first)
    assert answer(first)["class"] in {"yes", "no", "true", "false"}
    assert f"Spec                  {spec_of(rookery, 'my-churn-2026')}" in first
    told = r"^Champion +version 1: balanced_accuracy 0\.\d{3} on \d+ rows held out$"
    assert re.search(told, first, re.MULTILINE)
    assert "does not answer" not in rookery.run("status")


def test_a_second_run_does_nothing_that_was_done_and_keeps_the_spec(
    rookery: Rookery, first: str, table: Path
) -> None:
    path = spec_of(rookery, "my-churn-2026")
    path.write_text(path.read_text().replace("spec: 2", "spec: 2  # mine", 1))
    before = path.read_bytes()

    again = rookery.run("run", str(table), "--target", "CHURN")

    assert answer(again) == answer(first)
    assert f"kept: {path}" in again
    assert "is the champion on these data already" in again
    assert "trial" not in again
    assert "start ..." not in again
    assert path.read_bytes() == before


def test_new_rows_are_ingested_and_trained_on(rookery: Rookery, first: str, table: Path) -> None:
    write(table, [*rows(400), *rows(50, seed=2)])

    again = rookery.run("run", str(table), "--target", "churn")

    assert "rows_in 450, loaded 50" in again
    assert "train my-churn-2026 3/3" in again


def test_a_model_that_is_rejected_ends_as_train_does_and_says_why_and_what_helps(
    rookery: Rookery, first: str, tmp_path: Path
) -> None:
    table = tmp_path / "noise.csv"
    write(table, rows(300, signal=False))

    printed = rookery.run("run", str(table), "--target", "churn", "--trials", "2")
    again = rookery.run("run", str(table), "--target", "churn")

    for each in (printed, again):
        assert "Not promoted: " in each
        assert "gate: {policy: always}" in each
        assert str(spec_of(rookery, "noise")) in each
        assert "has no champion" in each
    assert "noise 2/2 done" in printed
    assert "trial" not in again.replace("--trials", "")
    why = re.search(r"Not promoted: (.+)", printed)
    assert why is not None
    assert why[0] in again


def test_what_the_rejection_advises_helps(rookery: Rookery, first: str, tmp_path: Path) -> None:
    table = tmp_path / "dice.csv"
    write(table, rows(300, seed=5, signal=False))
    rookery.run("run", str(table), "--target", "churn", "--trials", "2")
    path = spec_of(rookery, "dice")
    path.write_text(path.read_text() + "gate: {policy: always}\n")

    printed = rookery.run("run", str(table), "--target", "churn")

    assert answer(printed)["class"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-", "--target", "churn"), "standard input is read once"),
        (("gone.csv", "--target", "churn"), "gone.csv is not there"),
        ((".", "--target", "churn"), "is a folder"),
        (("TABLE", "--target", "chrun", "--name", "other"), "did you mean 'Churn'"),
        (
            ("TABLE", "--target", "minutes", "--name", "o", "--estimator", "logistic_regression"),
            "logistic_regression does not predict numbers",
        ),
        (("TABLE", "--target", "churn", "--name", "No Name"), "--name no-name"),
        (("TABLE", "--target", "churn", "--name", "sex"), "ships with Rookery"),
        (("TABLE", "--target", "plan"), "predicts 'churn'"),
        (("TABLE", "--target", "churn", "--estimator", "oracle"), "random_forest"),
        (("TABLE", "--target", "churn", "--name", "o", "--estimator", "oracle"), "random_forest"),
    ],
)
def test_what_can_not_work_is_refused_before_anything_is_done(
    rookery: Rookery, first: str, table: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = sorted(path.name for path in rookery.home.specs.iterdir())
    given = [str(table) if each == "TABLE" else each for each in arguments]

    printed = rookery.run("run", *given, expect=42)

    assert said in printed
    assert "Traceback" not in printed
    assert "ingest" not in printed
    assert sorted(path.name for path in rookery.home.specs.iterdir()) == before


def test_a_table_that_no_longer_fits_its_spec_is_refused_with_the_way_out(
    rookery: Rookery, first: str, tmp_path: Path
) -> None:
    table = tmp_path / "shrinks.csv"
    write(table, rows(200, seed=3))
    rookery.run("run", str(table), "--target", "churn", "--trials", "1")
    table.write_text("\n".join(line.partition(",")[2] for line in table.read_text().splitlines()))

    printed = rookery.run("run", str(table), "--target", "churn", expect=42)

    path = spec_of(rookery, "shrinks")
    assert f"The spec is {path}: correct it, or delete it to have it written anew" in printed
    path.unlink()
    assert answer(rookery.run("run", str(table), "--target", "churn", "--trials", "1"))


def test_a_run_that_ctrl_c_ended_goes_on_with_its_trials(
    rookery: Rookery, first: str, tmp_path: Path
) -> None:
    table = tmp_path / "stopped.csv"
    write(table, rows(400, seed=4))
    arguments = ("run", str(table), "--target", "churn", "--trials", "12")
    process = subprocess.Popen(
        rookery.argv(*arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    shown = ""
    while "stopped 2/12" not in shown:
        line = process.stdout.readline()
        assert line, shown
        shown += line

    second = rookery.run(*arguments, expect=1)
    process.send_signal(signal.SIGINT)
    shown += process.communicate(timeout=120)[0]
    resumed = rookery.run(*arguments)

    assert "another run of stopped is under way (process" in second
    assert process.returncode == 130
    assert "The same command goes on where this ended" in shown
    assert "resumed" in resumed
    assert len(re.findall(r"stopped \d+/12 done", resumed)) <= 10
    assert answer(resumed)


def test_the_page_and_the_documents_know_the_model(rookery: Rookery, first: str) -> None:
    url = re.search(r"Form and model cards  (\S+)/\n", first)
    assert url is not None

    cards = httpx.get(f"{url[1]}/models", trust_env=False).json()["models"]

    assert "my-churn-2026" in {card["name"] for card in cards}
    spec = parse_spec(spec_of(rookery, "my-churn-2026").read_text(), "it")
    assert spec.spec == 2
