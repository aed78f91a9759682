"""The results as tables of Markdown, as decision 0301 and `docs/gate-rates.md` hold them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rookery_trainer.gate.performance import LEVEL
from tools.gate_rates.retrains import RETRAINS
from tools.gate_rates.tables import TABLES, TREE_TABLES

Found = Sequence[Any]
"""What one experiment found on one table, number by number."""

BROKEN = (
    "strongest broken",
    "all broken in training",
    "all broken for the challenger",
    "all broken for both",
)


@dataclass(frozen=True)
class Columns:
    """What one experiment says of each table."""

    found: Mapping[str, Found]
    tell: Callable[[Found], list[str]]
    width: int

    def cells(self, table: str) -> list[str]:
        """Tells what was found on the table; nothing where it was not done."""
        found = self.found.get(table)
        return self.tell(found) if found else [""] * self.width


def summary(results: Iterable[Mapping[str, Any]]) -> str:
    """Writes the tables; a line for each simulated table, with N in every one."""
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for line in results:
        found[line["experiment"]][line["table"]].append(line["found"])
    parts = (
        _lines(
            "| first champion | N | no relation: promoted at once | in a year | N | relation: "
            "promoted at once | at the sixth sweep |",
            Columns(found["no relation"], _of_no_relation, 3),
            Columns(found["relation"], _of_relation, 3),
        ),
        _lines(
            "| same data | years | equal recipe: promoted, a retrain | in a year | N | better "
            "recipe: share of the constant's loss gained | promoted |",
            Columns(found["same data"], _of_same_data, 3),
            Columns(found["better recipe"], _of_better_recipe, 3),
        ),
        _lines(
            "| other data | N | equal features | strongest broken | all broken in training | all "
            "broken for the challenger | all broken for both |",
            Columns(found["other data"], _of_other_data, 6),
        ),
        _lines(
            "| a year of other data | years | promoted, a retrain | skill at the end, of the "
            "first's: mean | least | years | worn recipe: promoted, a retrain | skill at the end |",
            Columns(found["grown data"], _of_grown_data, 4),
            Columns(found["worn recipe"], _of_worn_recipe, 3),
        ),
    )
    return "\n\n".join(parts)


def _lines(head: str, *columns: Columns) -> str:
    lines = [head, "| --- " * (head.count("|") - 1) + "|"]
    for table in (*TABLES, *TREE_TABLES):
        if any(each.found.get(table.name) for each in columns):
            cells = [cell for each in columns for cell in each.cells(table.name)]
            lines.append(f"| {table.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def year_rate(ps: Sequence[float]) -> float:
    """Returns how often one of a year's independent sweeps is promoted.

    `ps` are those of first sweeps; after k rejections p counts (k + 1) squared times.
    """
    each = [np.mean(np.array(ps) * (k + 1) ** 2 < LEVEL) for k in range(RETRAINS)]
    return float(1 - np.prod(1 - np.array(each)))


def _of_no_relation(found: Found) -> list[str]:
    ps = [each["p"] for each in found]
    return [str(len(found)), _rate(found, "promoted"), f"{year_rate(ps):.3f}"]


def _of_relation(found: Found) -> list[str]:
    late = np.mean([each["p"] * 36 < LEVEL for each in found])
    return [str(len(found)), _rate(found, "promoted", 2), f"{late:.2f}"]


def _of_same_data(found: Found) -> list[str]:
    promoted = np.array([[each["promoted"] for each in year] for year in found])
    year = f"{promoted.any(axis=1).mean():.2f}" if promoted.shape[1] == RETRAINS else ""
    return [str(len(found)), f"{promoted.mean():.4f}", year]


def _of_better_recipe(found: Found) -> list[str]:
    return [str(len(found)), _rate(found, "gain", 2), _rate(found, "promoted", 2)]


def _of_other_data(found: Found) -> list[str]:
    return [str(len(found)), _rate(found, "equal", 2), *(_rate(found, name) for name in BROKEN)]


def _of_grown_data(found: Found) -> list[str]:
    kept = [_kept(year) for year in found]
    return [*_of_worn_recipe(found), f"{min(kept):.2f}"]


def _of_worn_recipe(found: Found) -> list[str]:
    promoted = np.mean([each["promoted"] for year in found for each in year])
    kept = np.mean([_kept(year) for year in found])
    return [str(len(found)), f"{promoted:.2f}", f"{kept:.2f}"]


def _kept(year: Found) -> float:
    return float(year[-1]["skill"] / year[-1]["skill of the first"])


def _rate(found: Found, name: str, digits: int = 3) -> str:
    return f"{np.mean([each[name] for each in found]):.{digits}f}"
