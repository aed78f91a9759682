"""The libraries are asked once of the same rows with the same budget."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from tools.league import library_answers as asked
from tools.league.entries import Entry
from tools.league.library_answers import library_answers
from tools.league.results import Budget

ENTRY = Entry("it", "kind", "roc_auc")
PROGRAM = """
import json, sys
import numpy as np
training, test, answers, options = sys.argv[1:]
with open(training) as rows, open(sys.argv[0] + ".runs", "a") as runs:
    runs.write("run\\n")
    np.savez(answers, labels=np.array(["a", "b"]), linear=np.array([[float(len(rows.read()))]]))
print(json.dumps({"linear": {"seconds": 1.5, "processor_seconds": json.loads(options)["trials"]}}))
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "libraries.py"
    path.write_text(PROGRAM)
    monkeypatch.setattr(asked, "PROGRAM", path)
    monkeypatch.setattr(asked, "TABLES_PYTHON", Path(sys.executable))
    return path


def runs(program: Path) -> int:
    return len(Path(f"{program}.runs").read_text().splitlines())


def test_a_second_time_what_was_told_is_read(program: Path, tmp_path: Path) -> None:
    training, test = tmp_path / "training.csv", tmp_path / "test.csv"
    training.write_text("four")
    test.write_text("rows")

    first = library_answers(ENTRY, training, test, Budget(3), tmp_path / "kept")
    second = library_answers(ENTRY, training, test, Budget(3), tmp_path / "kept")

    assert runs(program) == 1
    for told, took in (first, second):
        assert told["linear"].tolist() == [[4.0]]
        assert took == {"linear": {"seconds": 1.5, "processor_seconds": 3}}


@pytest.mark.parametrize("other", ["rows", "budget", "program"])
def test_of_other_rows_another_budget_or_by_another_program_they_are_asked(
    program: Path, tmp_path: Path, other: str
) -> None:
    training, test = tmp_path / "training.csv", tmp_path / "test.csv"
    training.write_text("four")
    test.write_text("rows")
    library_answers(ENTRY, training, test, Budget(3), tmp_path / "kept")

    if other == "rows":
        training.write_text("others")
    if other == "program":
        program.write_text(f"{PROGRAM}# other")
    budget = Budget(4 if other == "budget" else 3)
    told, _ = library_answers(ENTRY, training, test, budget, tmp_path / "kept")

    assert runs(program) == 2
    assert told["linear"].tolist() == [[6.0 if other == "rows" else 4.0]]


def test_answers_of_which_nothing_was_said_are_asked_again(program: Path, tmp_path: Path) -> None:
    training, test = tmp_path / "training.csv", tmp_path / "test.csv"
    training.write_text("four")
    test.write_text("rows")
    library_answers(ENTRY, training, test, Budget(3), tmp_path / "kept")
    (said,) = (tmp_path / "kept").glob("*.json")
    assert json.loads(said.read_text())

    said.unlink()
    told, _ = library_answers(ENTRY, training, test, Budget(3), tmp_path / "kept")

    assert runs(program) == 2
    assert np.array_equal(told["labels"], ["a", "b"])
