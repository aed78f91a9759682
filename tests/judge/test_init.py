"""`rookery init` is judged over real tables, whose columns were labelled by hand: `make judge`.

The tables come out of Python packages, in an environment of their own; none is committed.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from tests.some import some
from tools.checkout import ROOT

from rookery_core.spec.spec_yaml import parse_spec
from rookery_ingest.profile.decision import Decision
from rookery_ingest.profile.proposal import Proposal, propose

HERE = Path(__file__).parent
PYTHON = ROOT / ".venv" / "tables" / "bin" / "python"
WRITER = ROOT / "tools" / "packaged_tables.py"
LABELS: dict[str, dict[str, str | list[str]]] = yaml.safe_load(
    (HERE / "labels.yaml").read_text(encoding="utf-8")
)
PLANTED = ("a copy in other words", "a number of it", "known of one class")
SHARE = 0.95
"""The share of columns that has to be right."""


@dataclass(frozen=True)
class Judged:
    """A table, and what `init` made of it."""

    found: Proposal
    wrong: list[str]
    seconds: float


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run([PYTHON, WRITER, folder, *LABELS], check=True, env=own)
    return folder


@pytest.fixture(scope="module")
def judged(tables: Path) -> dict[str, Judged]:
    """Runs `init` on every table, and prints what it decided wrongly."""
    results = {name: judge(tables / f"{name}.csv", name) for name in LABELS}
    for name, each in results.items():
        columns = len(each.found.profile.decisions)
        print(
            f"{name:14} {each.found.check.rows:7,} rows {columns:4} columns "
            f"{columns - len(each.wrong):4} right {each.seconds:6.1f} s  {'; '.join(each.wrong)}"
        )
    return results


def judge(path: Path, name: str) -> Judged:
    begun = time.perf_counter()
    found = propose(path, str(LABELS[name]["target"]))
    seconds = time.perf_counter() - begun
    right = dict(labels_of(name))
    wrong = [
        f"{each.header.strip()!r} is {answer(each)}, not {right.get(each.header.strip())}"
        for each in found.profile.decisions
        if each.role != "target"
        and answer(each) not in right.get(each.header.strip(), right.get("others", "")).split("|")
    ]
    return Judged(found, wrong, seconds)


def labels_of(name: str) -> Iterator[tuple[str, str]]:
    for label, columns in LABELS[name].items():
        if label != "target":
            for column in [columns] if isinstance(columns, str) else columns:
                yield column, label


def answer(decision: Decision) -> str:
    """Says with a word of the labels what was decided."""
    if decision.role in {"leak", "group"}:
        return decision.role
    if decision.role == "feature":
        return decision.kind
    if "constant" in decision.reason:
        return "constant"
    return "text" if "free text" in decision.reason else "identifier"


def test_nineteen_of_twenty_columns_are_right(judged: dict[str, Judged]) -> None:
    # Texts that all differ may be either: both are used for nothing.
    wrong = [
        fault
        for each in judged.values()
        for fault in each.wrong
        if not (" is text, " in fault and "identifier" in fault)
    ]
    columns = sum(len(each.found.profile.decisions) for each in judged.values())
    print(f"{len(judged)} tables, {columns} columns, {columns - len(wrong)} right: {wrong}")

    assert len(judged) >= 30
    assert len(wrong) <= (1 - SHARE) * columns


def test_no_leak_is_named_that_is_none_and_none_is_missed(judged: dict[str, Judged]) -> None:
    for name, each in some(judged.items()):
        right = dict(labels_of(name))
        named = {d.header.strip() for d in each.found.profile.decisions if d.role == "leak"}
        certain = {column for column, label in right.items() if label == "leak"}
        possible = {column for column, label in right.items() if "leak" in label}

        assert certain <= named <= possible, name


def test_every_spec_is_valid_unchanged_and_keeps_no_row_out(judged: dict[str, Judged]) -> None:
    for name, each in some(judged.items()):
        assert parse_spec(each.found.text, name) == each.found.spec
        assert not each.found.check.reasons, name


@pytest.mark.parametrize("name", sorted(LABELS))
def test_planted_leaks_are_named(tables: Path, tmp_path: Path, name: str) -> None:
    target = str(LABELS[name]["target"])
    frame = pd.read_csv(
        tables / f"{name}.csv", sep=None, engine="python", dtype=str, keep_default_na=False
    ).rename(columns=str.strip)
    if propose(tables / f"{name}.csv", target).spec.task == "regression":
        planted = _plant_of_a_number(frame, target)
        path = tmp_path / f"{name}.csv"
        frame.to_csv(path, index=False)
        roles = {each.header: each.role for each in propose(path, target).profile.decisions}
        assert {column: roles[column] for column in planted} == dict.fromkeys(planted, "leak")
        return
    known = frame[target] != ""
    codes = frame[target].astype("category").cat.codes
    frame[PLANTED[0]] = ("label " + codes.astype(str)).where(known, "")
    frame[PLANTED[1]] = (codes * 7 + 3).astype(str).where(known, "")
    most = frame.loc[known, target].mode()[0]
    planted = list(PLANTED[:2])
    if frame.loc[known, target].nunique() == 2:
        frame[PLANTED[2]] = (frame.index % 9 + 10).astype(str)
        frame.loc[frame[target] == most, PLANTED[2]] = ""
        planted.append(PLANTED[2])
    path = tmp_path / f"{name}.csv"
    frame.to_csv(path, index=False)

    decisions = propose(path, target).profile.decisions

    roles = {each.header: each.role for each in decisions}
    assert {column: roles[column] for column in planted} == dict.fromkeys(planted, "leak")


def _plant_of_a_number(frame: pd.DataFrame, target: str) -> list[str]:
    """Adds columns that each give a number away; returns their names."""
    numbers = pd.to_numeric(frame[target])
    frame["in other money"] = (numbers * 7 + 3.5).astype(str)
    frame["its tenth"] = "tenth " + numbers.rank(pct=True).mul(10).astype(int).astype(str)
    frame["nearly"] = (numbers + numbers.std() * np.sin(frame.index) / 50).round(4).astype(str)
    return ["in other money", "its tenth", "nearly"]
