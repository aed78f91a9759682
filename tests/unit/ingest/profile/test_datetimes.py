"""Dates: one format for a whole column, found over all rows."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.ingest.support.tables import decided

N = 300
FIRST = date(2023, 1, 1)


def days(form: str, step: int = 3) -> list[str]:
    return [(FIRST + timedelta(days=row * step % 900)).strftime(form) for row in range(N)]


@pytest.mark.parametrize(
    "form",
    [
        "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d", "%d %b %Y",
        "%b %d, %Y", "%d/%m/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%d-%b-%y", "%d.%m.%y",
    ],
)  # fmt: skip
def test_the_format_that_all_rows_have_is_found(tmp_path: Path, form: str) -> None:
    found = decided(tmp_path, days(form))

    assert (found.kind, found.keys.get("format")) == ("datetime", form)


@pytest.mark.parametrize("form", ["%Y-%m", "%Y/%m", "%m/%Y", "%b %Y", "%b-%Y", "%B %Y"])
def test_months_without_a_day_are_dates(tmp_path: Path, form: str) -> None:
    found = decided(tmp_path, days(form))

    assert (found.kind, found.keys.get("format")) == ("datetime", form)


@pytest.mark.parametrize(
    "cells",
    [
        [f"{1950 + row % 90}.{1 + row % 12}" for row in range(N)],
        [f"{4000 + row % 90}-{1 + row % 12:02d}" for row in range(N)],
    ],
    ids=["decimals", "codes"],
)
def test_what_only_looks_like_months_is_none(tmp_path: Path, cells: list[str]) -> None:
    assert decided(tmp_path, cells).kind != "datetime"


@pytest.mark.parametrize(
    ("form", "zone"),
    [
        ("%Y-%m-%d", None),
        ("%Y-%m-%dT%H:%M:%S", None),
        ("%Y-%m-%d %H:%M", None),
        ("%Y-%m-%dT%H:%M:%SZ", "UTC"),
        ("%Y-%m-%dT%H:%M:%S+02:00", "UTC"),
    ],
)
def test_iso_needs_no_format(tmp_path: Path, form: str, zone: str | None) -> None:
    cells = [
        (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=row)).strftime(form) for row in range(N)
    ]

    found = decided(tmp_path, cells)

    assert (found.kind, found.keys.get("format"), found.keys.get("zone")) == (
        "datetime", None, zone,
    )  # fmt: skip


def test_one_late_day_decides_for_the_whole_column(tmp_path: Path) -> None:
    cells = [f"{1 + row % 12:02d}/{1 + row % 11:02d}/2024" for row in range(N)]
    cells[-1] = "31/12/2023"

    found = decided(tmp_path, cells)

    assert (found.kind, found.keys["format"]) == ("datetime", "%d/%m/%Y")


def test_cells_that_break_the_format_are_told(tmp_path: Path) -> None:
    cells = days("%d/%m/%Y")
    cells[17] = "2024-99-99"

    found = decided(tmp_path, cells)

    assert (found.kind, found.keys["format"]) == ("datetime", "%d/%m/%Y")
    assert "'2024-99-99'" in found.reason
    assert "quarantine" in found.reason


@pytest.mark.parametrize("mark", ["/", ".", "-"])
def test_dates_that_have_two_readings_are_no_feature(tmp_path: Path, mark: str) -> None:
    cells = [f"{1 + row % 12:02d}{mark}{1 + row % 7:02d}{mark}2026" for row in range(N)]

    found = decided(tmp_path, cells)

    assert found.role == "ignored"
    assert f"%d{mark}%m{mark}%Y" in found.reason
    assert f"%m{mark}%d{mark}%Y" in found.reason
    assert len([note for note in found.notes if " is " in note and ", 2026-" in note]) == 3


def test_a_reading_in_which_rows_run_forwards_is_offered(tmp_path: Path) -> None:
    cells = [f"{1 + row // 25:02d}/{1 + row % 25 // 3:02d}/2026" for row in range(N)]

    found = decided(tmp_path, cells)

    assert found.role == "ignored"
    assert any(note.startswith("%m/%d/%Y is likelier") for note in found.notes)


def test_numbers_that_are_no_days_are_numbers(tmp_path: Path) -> None:
    found = decided(tmp_path, [20240000 + row * 37 for row in range(N)])

    assert found.kind == "number"
