"""A file with more columns than a table may have becomes a spec of those that fit."""

from pathlib import Path

from tests.unit.ingest.support.tables import Cells, csv_of, labels

from rookery_core.spec.column_checks import MOST_COLUMNS
from rookery_ingest.profile.proposal import Proposal, propose
from rookery_ingest.profile.table_room import NO_ROOM

N = 60


def _number(row: int, place: int) -> str:
    return f"{(row * 31 + place * 17) % 97}.5"


def _proposed(folder: Path, columns: dict[str, Cells]) -> Proposal:
    path = folder / "wide.csv"
    path.write_text(csv_of(columns | {"kind": labels(N)}))
    return propose(path, "kind")


def test_the_last_numbers_of_a_wide_file_are_left_out_and_told(tmp_path: Path) -> None:
    columns: dict[str, Cells] = {
        f"f{at}": [_number(row, at) for row in range(N)] for at in range(MOST_COLUMNS + 50)
    }

    found = _proposed(tmp_path, columns)

    kept = [each.header for each in found.profile.features]
    assert kept == list(columns)[: MOST_COLUMNS - 1]
    crowded = [each for each in found.profile.decisions if each.reason.startswith(NO_ROOM)]
    assert len(crowded) == 51
    assert found.text.count(NO_ROOM) == len(crowded)


def test_columns_with_more_values_stay(tmp_path: Path) -> None:
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


def test_2000_numbers_keep_all_their_columns(tmp_path: Path) -> None:
    columns: dict[str, Cells] = {
        f"f{at}": [_number(row, at) for row in range(N)] for at in range(2_000)
    }

    found = _proposed(tmp_path, columns)

    assert len(found.profile.features) == 2_000
    assert NO_ROOM not in found.text
