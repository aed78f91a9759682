"""Tables of a few columns, written as a person would have them, and what `init` makes of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from rookery_ingest.profile.decision import Decision
from rookery_ingest.profile.profile import Profile, profile
from rookery_ingest.profile.target_decision import Task

Cells = Sequence[object] | NDArray[Any]


def csv_of(columns: Mapping[str, Cells], delimiter: str = ",") -> str:
    """Writes columns as a CSV whose cells are as given, quoted where that is needed."""
    rows = zip(*columns.values(), strict=True)
    lines = [columns.keys(), *rows]
    return "".join(
        delimiter.join(_quoted(str(cell), delimiter) for cell in line) + "\n" for line in lines
    )


def labels(rows: int) -> list[str]:
    """Returns a target of two classes that nothing else in a table goes with."""
    return ["spruce" if (row * 7919) % 101 < 50 else "larch" for row in range(rows)]


def profiled(
    folder: Path, columns: Mapping[str, Cells], task: Task | None = None, delimiter: str = ","
) -> Profile:
    """Profiles a table; the last column is the target."""
    path = folder / "table.csv"
    path.write_text(csv_of(columns, delimiter), encoding="utf-8")
    return profile(path, list(columns)[-1], task)


def decided(folder: Path, cells: Cells, name: str = "asked", delimiter: str = ",") -> Decision:
    """Decides about one column, beside a number and a target."""
    rows = len(cells)
    columns: dict[str, Cells] = {
        name: cells,
        "beside": [f"{(row * 31) % 97}.5" for row in range(rows)],
        "kind_of_tree": labels(rows),
    }
    return profiled(folder, columns, delimiter=delimiter).decisions[0]


def _quoted(cell: str, delimiter: str) -> str:
    if delimiter not in cell and '"' not in cell:
        return cell
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'
