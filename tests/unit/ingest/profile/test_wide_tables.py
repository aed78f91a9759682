"""A file with more columns than a table has room for becomes a spec of those that fit."""

from pathlib import Path

import pytest
from tests.unit.ingest.support.tables import Cells, csv_of, labels

from rookery_core.spec.column_checks import MAX_ROW_BYTES, MOST_COLUMNS
from rookery_ingest.profile.proposal import Proposal, propose
from rookery_ingest.profile.table_room import NO_ROOM

N = 60


def _number(row: int, place: int) -> str:
    return f"{(row * 31 + place * 17) % 97}.5"


def _proposed(folder: Path, columns: dict[str, Cells]) -> Proposal:
    path = folder / "wide.csv"
    path.write_text(csv_of(columns | {"kind": labels(N)}))
    return propose(path, "kind")


@pytest.mark.parametrize("width", [1_100, 2_100], ids=["bytes of a row", "more than a spec has"])
def test_the_last_numbers_of_a_wide_file_are_left_out_and_told(tmp_path: Path, width: int) -> None:
    columns: dict[str, Cells] = {
        f"f{at}": [_number(row, at) for row in range(N)] for at in range(width)
    }

    found = _proposed(tmp_path, columns)

    kept = [each.header for each in found.profile.features]
    assert kept == list(columns)[: len(kept)]
    assert 8 * len(kept) < MAX_ROW_BYTES < 8 * (len(kept) + 40)
    crowded = [each for each in found.profile.decisions if each.reason.startswith(NO_ROOM)]
    assert len(crowded) == width - len(kept)
    assert found.text.count(NO_ROOM) == len(crowded)


def test_columns_with_more_values_stay_and_booleans_take_less_room(tmp_path: Path) -> None:
    columns: dict[str, Cells] = {
        f"f{at}": [
            "" if at < 20 and row < 5 else "yes" if (row + at) % 3 else "no" for row in range(N)
        ]
        for at in range(MOST_COLUMNS + 9)
    }

    found = _proposed(tmp_path, columns)

    assert len(found.spec.columns) == MOST_COLUMNS
    crowded = [each.header for each in found.profile.decisions if each.reason.startswith(NO_ROOM)]
    assert crowded == [f"f{at}" for at in range(10, 20)]


def test_a_table_that_fits_keeps_all_its_columns(tmp_path: Path) -> None:
    columns: dict[str, Cells] = {
        f"f{at}": [_number(row, at) for row in range(N)] for at in range(900)
    }

    assert len(_proposed(tmp_path, columns).profile.features) == 900
