"""Days and times are read many at once exactly as each of them alone."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from tests.some import some
from tests.unit.ingest.support.second_version import second_version

from rookery_core.spec.cells import Cell, CellReader, Invalid
from rookery_ingest.parsing.records import Records
from rookery_ingest.rows.rows import RowReader
from rookery_ingest.rows.values import MISSING_MOMENT

PLAIN = ["2026-01-31", "2024-02-29 23:59:59", "1969-12-31T23:59:59", "0001-01-01", "9999-12-31"]
ODD = [
    "2026-02-30", "2023-02-29T10:00:00", "0000-01-01", "2026-01-31 24:00:00", "2026-13-01",
    "2026-01-31 12:00", "2026-01-31t12:00:00", "2026-01-31T12:00:00Z", " 2026-01-31", "+2026-01-31",
    "2026-01-31T12:00:60", "2026-01-31T12:00:00.5", "",
]  # fmt: skip


@pytest.mark.parametrize("odd", [None, *ODD])
def test_a_column_of_moments_is_read_as_its_cells_are(odd: str | None) -> None:
    cells = PLAIN if odd is None else [*PLAIN, odd]
    spec = second_version("seen")
    alone = CellReader(spec, spec.column("seen"))
    reader = RowReader(spec, "seen,label", "x")

    together, bad = reader.read(Records(range(len(cells)), [f"{cell},no" for cell in cells]))

    apart = [alone.read(cell) for cell in cells]
    assert len(bad) == len([cell for cell in apart if isinstance(cell, Invalid)])
    expected = [microseconds(cell) for cell in apart if not isinstance(cell, Invalid)]
    moments = together.columns["seen"]
    assert isinstance(moments, np.ndarray)
    assert some(moments.tolist()) == some(expected)


def microseconds(cell: Cell) -> int:
    if cell is None:
        return MISSING_MOMENT
    assert isinstance(cell, datetime)
    return (cell - datetime(1970, 1, 1)) // timedelta(microseconds=1)  # noqa: DTZ001 (both naive)
