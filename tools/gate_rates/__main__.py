"""Simulates retrains by the gate's own rules, and prints how many are promoted.

Results are appended to a file, one line of JSON an experiment, so that a run that was ended goes on
where it was: `make gate-rates`.
"""

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from threadpoolctl import threadpool_limits

from tools.cache import home
from tools.gate_rates.experiments import result_of, tasks_of
from tools.gate_rates.summary import summary

PROCESSES = 2


def main() -> None:
    """Runs what is missing, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=home() / "gate-rates.jsonl")
    parser.add_argument(
        "--share", type=float, default=1.0, help="share of each experiment's full number"
    )
    parser.add_argument("--only", default="", help="one experiment, by its name")
    parser.add_argument("--print", action="store_true", help="run nothing")
    arguments = parser.parse_args()
    arguments.file.parent.mkdir(parents=True, exist_ok=True)
    if not arguments.print:
        _run(arguments.file, arguments.share, arguments.only)
    print(summary(read_results(arguments.file)))  # noqa: T201


def _run(file: Path, share: float, only: str) -> None:
    _drop_cut_line(file)
    done = {(line["experiment"], line["table"], line["number"]) for line in read_results(file)}
    tasks = [task for task in tasks_of(share, only) if task.key not in done]
    with (
        file.open("a") as out,
        ProcessPoolExecutor(PROCESSES, get_context("spawn"), threadpool_limits, (1,)) as pool,
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
