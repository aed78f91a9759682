"""Writes the table of `docs/league.md` from the results."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.checkout import ROOT
from tools.league.entries import ENTRIES, Entry
from tools.league.results import Round
from tools.league.standings import Standing, standing

PAGE = ROOT / "docs" / "league.md"
BEGIN, END = "<!-- league -->", "<!-- end of league -->"
HEAD = (
    *("table", "metric", "served", "best library", "gap", "allowed", "goal", "published"),
    *("estimator", "folds", "rows", "seconds", "CPU s", "library CPU s"),
    *("rows/s", "ms", "differ", "refused"),
)


def write_page(results: Mapping[str, Sequence[Round]], page: Path = PAGE) -> None:
    """Writes today's table between the marks of the page."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{table(results)}\n{END}{after}", encoding="utf-8")


def table(results: Mapping[str, Sequence[Round]]) -> str:
    """Writes a line for each table that was played, and what they say together."""
    lines = [_line(HEAD), _line(["---"] * len(HEAD))]
    standings = []
    for entry in ENTRIES:
        if rounds := results.get(entry.name):
            standings.append(standing(entry, rounds))
            lines.append(_line(_cells(entry, rounds, standings[-1])))
    return "\n".join([*lines, "", summary(standings)]) + "\n"


def summary(standings: Sequence[Standing]) -> str:
    """Says on how many tables the served model keeps up, and its median gap."""
    gaps = [each.gap for each in standings if each.gap is not None]
    kept = sum(each.keeps_up for each in standings)
    unserved = len(standings) - len(gaps)
    middle = f"; the median gap is {statistics.median(gaps):+.2%}" if gaps else ""
    none = f"; on {unserved} a fold has no champion" if unserved else ""
    return (
        f"The served model keeps up on {kept} of {len(standings)} tables that were played (of "
        f"{len(ENTRIES)}){middle}{none}."
    )


def _cells(entry: Entry, rounds: Sequence[Round], found: Standing) -> list[str]:
    spent = sum(each.libraries[found.best].processor_seconds for each in rounds) / len(rounds)
    estimators = sorted({each.estimator for each in rounds if each.estimator})
    return [
        entry.name,
        entry.metric,
        "none" if found.score is None else _number(found.score),
        f"{_number(found.best_score)} {found.best}",
        "" if found.gap is None else f"{found.gap:+.2%}",
        f"{found.allowed:.2%}",
        "reached" if found.keeps_up else "missed",
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
    ]


def _mean(rounds: Sequence[Round], name: str) -> float:
    return statistics.mean(float(getattr(each, name)) for each in rounds)


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 10 else f"{value:,.4g}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
