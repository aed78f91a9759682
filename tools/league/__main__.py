"""Plays the league: every table from its file to a served model, beside tuned libraries.

    .venv/bin/python -m tools.league [--tables adult,pima] [--folds 10] [--trials 20] [--write]

Results are in `build/league`, a file for each table, written after every fold: a run that was ended
goes on where it was. `--again` plays anew what stands, as after a change of the code. `--folds N`
plays the first N of the ten outer folds; with more later, those that were played stand. With
another budget a table is played anew. The stack has a state folder of its own below, and is stopped
in the end. `--write` writes the results into `docs/league.md`; rows of other tables stand there.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rookery_local.process.ports import free_ports
from tools.checkout import ROOT
from tools.league.entries import ENTRIES, Entry
from tools.league.folds import FOLDS, outer_fold, read_table
from tools.league.library_answers import TABLES_PYTHON
from tools.league.page import table, write_page
from tools.league.results import Budget, Round, read_rounds, write_rounds
from tools.league.round import play

WRITER = ROOT / "tools" / "packaged_tables.py"
FOLDER = ROOT / "build" / "league"


def main() -> None:
    """Plays what does not stand yet, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [entry.name for entry in ENTRIES]
    parser.add_argument("--tables", default=",".join(names), help="their names, with commas")
    parser.add_argument("--folds", type=int, default=FOLDS, choices=range(FOLDS + 1))
    parser.add_argument("--trials", type=int, default=20, help="of a sweep and of each library")
    parser.add_argument("--estimator", help="what `init` writes if not given")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of results and the stack")
    parser.add_argument("--again", action="store_true", help="play anew what stands")
    parser.add_argument("--write", action="store_true", help="write docs/league.md")
    options = parser.parse_args()
    wanted = options.tables.split(",")
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        parser.error(f"no table is called {unknown}; there are {names}")
    entries = [entry for entry in ENTRIES if entry.name in wanted]
    budget = Budget(options.trials, options.estimator)
    if options.again:
        for entry in entries:
            results_of(options.folder, entry).unlink(missing_ok=True)
    if options.folds:
        play_tables(entries, budget, options.folds, options.folder)
    results = standing_results(options.folder, budget)
    if options.write:
        write_page(results)
    sys.stdout.write(table(results, {}))


def play_tables(entries: Sequence[Entry], budget: Budget, folds: int, folder: Path) -> None:
    """Plays the first folds of each table, fold by fold over all tables, but for those that stand.

    After each fold of all tables there is a whole, if coarse, league. The smallest come first.
    """
    pending = [
        (entry, number)
        for number in range(folds)
        for entry in entries
        if number not in read_rounds(results_of(folder, entry), budget)
    ]
    if not pending:
        return
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted({entry.name for entry, _ in pending})
    subprocess.run([TABLES_PYTHON, WRITER, folder / "tables", *names], check=True)
    pending.sort(key=lambda each: (each[1], table_of(folder, each[0]).stat().st_size))
    with _stack(folder / "state") as home:
        for entry, number in pending:
            _play_once(entry, number, budget, folder, home)


def _play_once(entry: Entry, number: int, budget: Budget, folder: Path, home: Path) -> None:
    path = results_of(folder, entry)
    rounds = read_rounds(path, budget)
    fold = outer_fold(entry, read_table(table_of(folder, entry), entry), number)
    rounds[number] = play(entry, fold, budget, home, folder / "rounds")
    write_rounds(path, budget, rounds)


def standing_results(folder: Path, budget: Budget) -> dict[str, list[Round]]:
    """Reads the rounds that stand, by the name of the table."""
    found = {entry.name: read_rounds(results_of(folder, entry), budget) for entry in ENTRIES}
    return {name: list(rounds.values()) for name, rounds in found.items() if rounds}


def table_of(folder: Path, entry: Entry) -> Path:
    """Names the file of the table."""
    return folder / "tables" / f"{entry.name}.csv"


def results_of(folder: Path, entry: Entry) -> Path:
    """Names the file of the table's results."""
    return folder / "results" / f"{entry.name}.json"


@contextmanager
def _stack(home: Path) -> Iterator[Path]:
    """Runs an embedded stack for the time of the block, on ports that nobody else has."""
    api, mlflow, management = map(str, free_ports(3))
    program = [sys.executable, "-m", "rookery_local", "--home", str(home)]
    ports = ["--api-port", api, "--mlflow-port", mlflow, "--management-port", management]
    subprocess.run([*program, "up", *ports], check=True)
    try:
        yield home
    finally:
        subprocess.run([*program, "down"], check=True)


if __name__ == "__main__":
    main()
