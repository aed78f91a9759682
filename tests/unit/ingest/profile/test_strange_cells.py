"""Cells that no column of a spec can hold: their column is left out, and the others are used."""

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.some import some
from tests.unit.ingest.support.tables import labels

from rookery_core.errors import Refused
from rookery_ingest.profile.profile import profile
from rookery_ingest.profile.proposal import propose

N = 300


def _parquet(folder: Path, **columns: pa.Array) -> Path:
    path = folder / "t.parquet"
    sizes = pa.array([row % 91 + 0.5 for row in range(N)])
    pq.write_table(pa.table({"size": sizes, "kind": labels(N), **columns}), path)
    return path


def test_columns_of_types_that_are_no_cells_are_left_out(tmp_path: Path) -> None:
    path = _parquet(
        tmp_path,
        tags=pa.array([[row % 3, 2] for row in range(N)]),
        parts=pa.array([{"a": row % 3} for row in range(N)]),
        bytes=pa.array([bytes([row % 5]) for row in range(N)]),
        took=pa.array([timedelta(seconds=row % 7) for row in range(N)]),
    )

    found = propose(path, "kind")

    assert [each.header for each in found.profile.features] == ["size"]
    told = {each.header: each.reason for each in found.profile.decisions}
    for name, kind in some({"tags": "list", "parts": "struct", "bytes": "binary"}.items()):
        assert told[name].startswith(f"values of type {kind}")
    assert "duration" in told["took"]
    assert (found.check.rows, found.check.quarantined) == (N, 0)


def test_numbers_that_are_read_as_one_are_no_constant(tmp_path: Path) -> None:
    path = _parquet(tmp_path, id=pa.array([2**63 + row for row in range(N)], pa.uint64()))

    found = {each.header: each for each in propose(path, "kind").profile.decisions}["id"]

    assert (found.role, "more than 15 digits" in found.reason) == ("ignored", True)


def test_a_target_of_such_a_type_is_refused(tmp_path: Path) -> None:
    path = _parquet(tmp_path, tags=pa.array([[row % 3] for row in range(N)]))

    with pytest.raises(Refused, match=r"'tags' holds values of type list.*choose a column"):
        propose(path, "tags")


BROKEN = ['"red\nor green"', "red", '"green\r\nor blue"', "blue"]


def test_texts_with_line_breaks_are_free_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = [f"{row % 91}.5,{BROKEN[row % 4]},{labels(N)[row]}" for row in range(N)]
    path.write_text("\n".join(["size,note,kind", *lines]) + "\n", newline="")

    found = propose(path, "kind")

    assert found.profile.decisions[1].role == "ignored"
    assert "line breaks" in found.profile.decisions[1].reason
    assert (found.check.rows, found.check.quarantined) == (N, 0)


def test_one_line_break_among_labels_goes_into_quarantine_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    colours = ['"a\nb"', *(("red", "blue")[row % 2] for row in range(1, N))]
    lines = [f"{row % 91}.5,{colours[row]},{labels(N)[row]}" for row in range(N)]
    path.write_text("\n".join(["size,colour,kind", *lines]) + "\n")

    found = propose(path, "kind")

    assert found.profile.decisions[1].keys["values"] == ("blue", "red")
    assert (found.check.rows, found.check.quarantined) == (N, 1)


def test_a_target_with_line_breaks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "size,kind\n" + "".join(f"{row % 91}.5,{BROKEN[row % 4]}\n" for row in range(N)), newline=""
    )

    with pytest.raises(Refused, match="line breaks or other control characters"):
        profile(path, "kind")


def test_records_that_are_all_longer_than_the_header_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("size,kind\n" + "".join(f"{row % 91}.5,a,\n" for row in range(N)))

    with pytest.raises(
        Refused, match=r"none of the 300 records .*line 2: .*3 fields, the header 2"
    ):
        profile(path, "kind")
