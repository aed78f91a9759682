"""The target: classes, or a number, which is refused with the true reason."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.unit.ingest.support.tables import profiled

from rookery_core.errors import Refused
from rookery_ingest.profile.profile import Profile, profile
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
def test_other_numbers_are_refused_with_the_reason(tmp_path: Path, cells: Sequence[object]) -> None:
    with pytest.raises(Refused, match=r"'Asked' is a number: .* no regression; --task classes"):
        of(tmp_path, cells)


def test_the_task_decides(tmp_path: Path) -> None:
    years = [1900 + row % 30 for row in range(1000)]

    assert len(of(tmp_path, years, "classes").target.rows) == 30
    with pytest.raises(Refused, match="no regression"):
        of(tmp_path, [row % 2 for row in range(N)], "number")


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
