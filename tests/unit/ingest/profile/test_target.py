"""The target: classes, or a number."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tests.unit.ingest.support.tables import csv_of, profiled

from rookery_core.errors import Refused
from rookery_core.spec.spec_yaml import parse_spec
from rookery_ingest.profile.profile import Profile, profile
from rookery_ingest.profile.proposal import propose
from rookery_ingest.profile.target_decision import Task

N = 300


def of(folder: Path, cells: Sequence[object], task: Task | None = None) -> Profile:
    beside = [f"{(row * 31) % 97}.5" for row in range(len(cells))]
    return profiled(folder, {"beside": beside, "Asked": cells}, task)


@pytest.mark.parametrize(
    "pair", [("0", "1"), ("0.0", "1.0"), ("7", "9"), ("no", "yes"), ("2.5", "3")]
)
def test_two_values_are_classes_as_they_are_written(tmp_path: Path, pair: tuple[str, str]) -> None:
    found = of(tmp_path, [pair[row % 3 == 0] for row in range(N)])

    assert found.target.decision.keys["values"] == pair


def test_few_whole_numbers_are_classes_and_the_other_reading_is_named(tmp_path: Path) -> None:
    found = of(tmp_path, [1 + row % 5 for row in range(N)])

    assert found.target.decision.keys["values"] == ("1", "2", "3", "4", "5")
    assert "regression" in found.target.decision.reason


@pytest.mark.parametrize(
    "cells",
    [
        [f"{row % 30}.25" for row in range(1000)],
        [1900 + row % 100 for row in range(1000)],
        [f"{row * 0.731:.4f}" for row in range(N)],
        [row % 21 for row in range(N)],
    ],
    ids=["30 decimals", "years", "all distinct", "21 whole numbers"],
)
def test_other_numbers_make_a_regression(tmp_path: Path, cells: Sequence[object]) -> None:
    found = of(tmp_path, cells).target

    assert found.is_number
    assert "a number, so the model is a regression" in found.decision.reason
    assert found.rows == {}


def test_the_task_decides(tmp_path: Path) -> None:
    years = [1900 + row % 30 for row in range(1000)]

    assert len(of(tmp_path, years, "classes").target.rows) == 30
    assert of(tmp_path, [row % 2 for row in range(N)], "number").target.is_number
    assert of(tmp_path, [f"0{row % 7}" for row in range(N)], "number").target.is_number


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["oak", "ash"] * 100, "is no number: it holds 'oak'"),
        ([f"{row} or so" for row in range(N)], "is no number: it holds '0 or so'"),
        (["5"] * N, "is 5 in all of 300 rows"),
        ([""] * N, "is no number"),
        (["1e39", "2"] * N, "has numbers up to 1e[+]39"),
        ([f"{row} kg" if row % 2 else f"{row} lbs" for row in range(N)], "or with several"),
    ],
)
def test_what_can_be_no_number_is_refused_where_one_is_asked_for(
    tmp_path: Path, cells: Sequence[object], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        of(tmp_path, cells, "number")


@pytest.mark.parametrize(
    ("header", "cells", "unit"),
    [
        ("Asked", [f"${row + 0.5}" for row in range(N)], "$"),
        ("Asked", [f"{row + 0.5} kg" for row in range(N)], "kg"),
        ("Price (EUR)", [row + 0.5 for row in range(N)], "EUR"),
        ("Length [in mm]", [row + 0.5 for row in range(N)], "mm"),
        ("Price (net)", [row + 0.5 for row in range(N)], None),
        ("Price (EUR)", [f"${row + 0.5}" for row in range(N)], "$"),
    ],
)
def test_the_unit_of_a_number_is_that_of_its_cells_or_its_header(
    tmp_path: Path, header: str, cells: Sequence[object], unit: str | None
) -> None:
    beside = [f"{(row * 31) % 97}.5" for row in range(len(cells))]
    target = profiled(tmp_path, {"beside": beside, header: cells}).target

    assert target.decision.keys.get("unit") == unit


def test_the_spec_of_a_number_says_what_its_numbers_are_like(tmp_path: Path) -> None:
    draws = np.random.default_rng(0).lognormal(3, 1, 1000).round(2).tolist()
    cells = [*draws, "?", ""]
    beside = [f"{(row * 31) % 97}.5" for row in range(len(cells))]
    path = tmp_path / "houses.csv"
    path.write_text(csv_of({"beside": beside, "Price (EUR)": cells}))

    found = propose(path, "Price (EUR)")

    assert found.spec.task == "regression"
    assert (found.spec.metric, found.spec.transform) == ("rmse", "none")
    assert found.spec.interval == 0.9
    assert found.check.quarantined == 0
    assert found.check.without_target == 2
    assert "# 2 rows have no target: they are loaded, not trained on." in found.text
    assert "half below" in found.text
    assert "transform: log may fit better" in found.text


def test_a_number_with_too_few_rows_is_told(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    cells = [number * 7 % 40 / 3 for number in range(40)]
    path.write_text(csv_of({"beside": range(0, 80, 2), "y": cells}))

    text = propose(path, "y").text

    assert "# 40 rows have a number, and training needs about 60." in text


def test_classes_of_few_rows_are_merged(tmp_path: Path) -> None:
    cells = ["ash", "oak"] * 100 + ["elm"] * 20 + ["fir"] * 15

    found = of(tmp_path, cells).target

    assert (found.rare, found.rare_key, found.rare_into) == (("elm", "fir"), "merge", "other")


def test_one_class_of_few_rows_is_dropped(tmp_path: Path) -> None:
    found = of(tmp_path, ["ash", "oak"] * 100 + ["elm"] * 3).target

    assert (found.rare, found.rare_key) == (("elm",), "drop")


def test_the_merged_class_has_a_name_of_its_own(tmp_path: Path) -> None:
    cells = ["ash", "Other"] * 100 + ["elm"] * 20 + ["fir"] * 15

    assert of(tmp_path, cells).target.rare_into == "other classes"


def test_rows_without_a_target_are_counted(tmp_path: Path) -> None:
    assert of(tmp_path, ["ash", "oak", "", "?"] * 50).target.without == 100


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["oak"] * N, "has only 'oak'"),
        ([""] * N, "has no value"),
        ([f"note {row} on something" for row in range(N)], "an identifier or free text"),
        ([f"note {row // 3}" for row in range(33_000)], "no classes"),
        (["x" * 201, "y"] * 150, "up to 201 characters"),
        (["1", "1.0", "2"] * 100, "writes one number in several ways: '1', '1.0'"),
        ([f"2024-01-{1 + row % 28:02d}" for row in range(N)], "holds dates"),
    ],
)
def test_what_can_not_be_a_target_is_refused(
    tmp_path: Path, cells: Sequence[object], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        of(tmp_path, cells)


def test_a_target_is_found_in_any_case_and_near_ones_are_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Size,Churned\n1.5,a\n2.5,b\n")

    assert profile(tmp_path / "t.csv", "churned ").target.decision.header == "Churned"
    with pytest.raises(Refused, match="did you mean 'Churned'"):
        profile(tmp_path / "t.csv", "chrned")


@pytest.mark.parametrize(("every", "named"), [(20, True), (5, False)])
def test_a_rare_class_of_two_has_a_comment_that_names_the_key_for_it(
    tmp_path: Path, every: int, named: bool
) -> None:
    cells = ["it, is: #1" if row % every == 0 else "no" for row in range(1000)]
    beside = [f"{(row * 31) % 97}.5" for row in range(len(cells))]
    path = tmp_path / "table.csv"
    path.write_text(csv_of({"beside": beside, "Asked": cells}))

    proposal = propose(path, "Asked")

    assert proposal.spec.decision is None
    lines = [line for line in proposal.text.splitlines() if "decision:" in line]
    assert bool(lines) is named
    if named:
        written = proposal.text.replace(lines[0], lines[0].removeprefix("# "))
        decision = parse_spec(written, "asked").decision
        assert decision is not None
        assert decision.positive == "it, is: #1"
