"""The share that `init` holds out: a fifth of few rows, and no more than a judgement needs."""

from collections import Counter
from pathlib import Path

import pytest
from tests.unit.ingest.support.tables import csv_of

from rookery_core.spec.spec_yaml import parse_spec
from rookery_ingest.profile.decision import Decision
from rookery_ingest.profile.holdout_share import holdout_share
from rookery_ingest.profile.proposal import propose
from rookery_ingest.profile.target_decision import Target

CLASSES = Decision("y", "target", "category", "two classes")
NUMBER = Decision("y", "target", "number", "a number")


@pytest.mark.parametrize(
    ("rows", "share"),
    [(0, 0.2), (150, 0.2), (250, 0.2), (300, 0.17), (400, 0.13), (500, 0.1), (10**6, 0.1)],
)
def test_fifty_rows_are_held_out_between_a_fifth_and_a_tenth(rows: int, share: float) -> None:
    assert holdout_share(Target(NUMBER, without=0), rows) == share


def test_rows_without_a_target_do_not_count() -> None:
    assert holdout_share(Target(NUMBER, without=200), 450) == 0.2


@pytest.mark.parametrize(("rarest", "share"), [(100, 0.2), (120, 0.17), (200, 0.1), (9000, 0.1)])
def test_twenty_rows_of_the_rarest_class_are_held_out_where_a_fifth_has_them(
    rarest: int, share: float
) -> None:
    rows = Counter({"often": 20_000, "rare": rarest})

    assert holdout_share(Target(CLASSES, without=0, rows=rows), rows.total()) == share


def test_classes_that_are_merged_or_left_out_do_not_count() -> None:
    rows = Counter({"one": 9000, "two": 8000, "three": 20})

    assert holdout_share(Target(CLASSES, 0, rows, rare=("three",)), rows.total()) == 0.1


@pytest.mark.parametrize(("rows", "share"), [(90, 0.2), (400, 0.13)])
def test_a_spec_says_the_share_where_it_is_not_the_usual_one(
    tmp_path: Path, rows: int, share: float
) -> None:
    found = propose(dated_table(tmp_path, rows), "y")

    assert found.spec.holdout.fraction == share
    assert ("holdout: {fraction: " in found.text) == (share != 0.2)


def test_a_hold_out_that_is_only_proposed_takes_the_place_of_the_one_that_is_said(
    tmp_path: Path,
) -> None:
    text = propose(dated_table(tmp_path, 400), "y").text

    assert "in place of that one" in text
    taken = text.replace("holdout: {fraction: 0.13}\n", "").replace("# holdout: {", "holdout: {")
    assert parse_spec(taken, "t").holdout.by == "time"


def dated_table(folder: Path, rows: int) -> Path:
    columns = {
        "day": [f"2024-{1 + row % 12:02}-{1 + row % 28:02}" for row in range(rows)],
        "size": [f"{(row * 37) % 911}.5" for row in range(rows)],
        "y": ["ab"[row * row // 7 % 2] for row in range(rows)],
    }
    path = folder / "t.csv"
    path.write_text(csv_of(columns))
    return path
