"""Writes the table of `docs/league.md` from the results.

Results are not committed. A row of the page whose table was not played since then stands as it is.
"""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.checkout import ROOT
from tools.league.entries import ENTRIES, Entry
from tools.league.results import Round
from tools.league.standings import standing

PAGE = ROOT / "docs" / "league.md"
BEGIN, END = "<!-- league -->", "<!-- end of league -->"
HEAD = (
    *("table", "metric", "served", "best library", "gap", "allowed", "goal", "published"),
    *("estimator", "folds", "rows", "seconds", "CPU s", "library CPU s"),
    *("rows/s", "ms", "differ", "refused", "played"),
)
REACHED = "reached"

Row = Mapping[str, str]
"""The cells of a table's row, by the head of their column."""


def write_page(results: Mapping[str, Sequence[Round]], page: Path = PAGE) -> None:
    """Writes the rows of the results between the marks of the page, beside those that stand."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    old, after = rest.split(END)
    written = table(results, rows_of(old))
    page.write_text(f"{before}{BEGIN}\n\n{written}\n{END}{after}", encoding="utf-8")


def rows_of(text: str) -> dict[str, Row]:
    """Reads the rows of a table that was written, by their names."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head, *rows = cells or [[]]
    # The first line below the head is dashes.
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows[1:]}


def table(results: Mapping[str, Sequence[Round]], standing_rows: Mapping[str, Row]) -> str:
    """Writes a line for each table that was played, and what they say together.

    Args:
        standing_rows: by their names; the results of the same table take the place of one.
    """
    played = {entry.name: row_of(entry, results[entry.name]) for entry in _among(results)}
    rows = {**standing_rows, **played}
    ordered = [rows[entry.name] for entry in _among(rows)]
    lines = [_line(HEAD), _line(["---"] * len(HEAD))]
    lines += [_line([row.get(name, "") for name in HEAD]) for row in ordered]
    return "\n".join([*lines, "", summary(ordered)]) + "\n"


def _among(names: Mapping[str, object]) -> list[Entry]:
    return [entry for entry in ENTRIES if names.get(entry.name)]


def summary(rows: Sequence[Row]) -> str:
    """Says on how many tables the served model keeps up, and its median gap."""
    gaps = [float(row["gap"].rstrip("%")) for row in rows if row["gap"]]
    kept = sum(row["goal"] == REACHED for row in rows)
    unserved = len(rows) - len(gaps)
    middle = f"; the median gap is {statistics.median(gaps):+.2f}%" if gaps else ""
    none = f"; on {unserved} a fold has no champion" if unserved else ""
    return (
        f"The served model keeps up on {kept} of {len(rows)} tables that were played (of "
        f"{len(ENTRIES)}){middle}{none}."
    )


def row_of(entry: Entry, rounds: Sequence[Round]) -> Row:
    """Writes the cells of a table's row; it has at least one round."""
    return dict(zip(HEAD, _cells(entry, rounds), strict=True))


def _cells(entry: Entry, rounds: Sequence[Round]) -> list[str]:
    found = standing(entry, rounds)
    spent = sum(each.libraries[found.best].processor_seconds for each in rounds) / len(rounds)
    estimators = sorted({each.estimator for each in rounds if each.estimator})
    return [
        entry.name,
        entry.metric,
        "none" if found.score is None else _number(found.score),
        f"{_number(found.best_score)} {found.best}",
        "" if found.gap is None else f"{found.gap:+.2%}",
        f"{found.allowed:.2%}",
        REACHED if found.keeps_up else "missed",
        entry.published,
        ", ".join(estimators),
        str(found.rounds),
        f"{rounds[0].rows:,}",
        f"{_mean(rounds, 'seconds'):.0f}",
        f"{_mean(rounds, 'processor_seconds'):.0f}",
        f"{spent:.0f}",
        f"{_mean(rounds, 'rows_per_second'):,.0f}",
        f"{_mean(rounds, 'latency'):.1f}",
        str(sum(each.labels_that_differ for each in rounds)),
        str(sum(each.refused for each in rounds)),
        max(each.day for each in rounds),
    ]


def _mean(rounds: Sequence[Round], name: str) -> float:
    return statistics.mean(float(getattr(each, name)) for each in rounds)


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 10 else f"{value:,.4g}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
