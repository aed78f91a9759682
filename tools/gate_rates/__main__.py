"""Simulates retrains by the gate's own rules, and prints how many are promoted.

Results are appended to a file, one line of JSON an experiment, so that a run that was ended goes on
where it was: `make gate-rates`.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from threadpoolctl import threadpool_limits

from tools.cache import home
from tools.gate_rates.experiments import EXPERIMENTS, Task, result_of, tasks_of
from tools.gate_rates.summary import summary
from tools.gate_rates.tables import TABLES, TREE_TABLES

PROCESSES = 2


def main() -> None:
    """Runs what is missing, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=home() / "gate-rates.jsonl")
    parser.add_argument(
        "--share", type=float, default=1.0, help="share of each experiment's full number"
    )
    parser.add_argument(
        "--only", nargs="+", default=(), choices=EXPERIMENTS, help="some experiments"
    )
    parser.add_argument("--trees", action="store_true", help="only with trees as learners")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--print", action="store_true", help="run nothing")
    arguments = parser.parse_args()
    arguments.file.parent.mkdir(parents=True, exist_ok=True)
    if not arguments.print:
        tables = TREE_TABLES if arguments.trees else (*TABLES, *TREE_TABLES)
        tasks = tasks_of(arguments.share, arguments.only, tables)
        _run(arguments.file, tasks, arguments.processes)
    print(summary(read_results(arguments.file)))  # noqa: T201


def _run(file: Path, wanted: Sequence[Task], processes: int) -> None:
    _drop_cut_line(file)
    done = {(line["experiment"], line["table"], line["number"]) for line in read_results(file)}
    tasks = [task for task in wanted if task.key not in done]
    with (
        file.open("a") as out,
        ProcessPoolExecutor(processes, get_context("spawn"), threadpool_limits, (1,)) as pool,
    ):
        for task, found in zip(tasks, pool.map(result_of, tasks, chunksize=4), strict=True):
            line = {"experiment": task.experiment, "table": task.table.name}
            out.write(json.dumps({**line, "number": task.number, "found": found}) + "\n")
            out.flush()


def _drop_cut_line(file: Path) -> None:
    """Removes the end of a line that an earlier run did not finish."""
    if file.exists():
        text = file.read_text()
        file.write_text(text[: text.rfind("\n") + 1])


def read_results(file: Path) -> list[dict[str, object]]:
    """Reads the lines of earlier runs; the last may be cut off."""
    if not file.exists():
        return []
    lines = file.read_text().splitlines()
    complete = lines if file.read_text().endswith("\n") else lines[:-1]
    return [json.loads(line) for line in complete]


if __name__ == "__main__":
    main()
