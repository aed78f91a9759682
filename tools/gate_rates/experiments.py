"""Every experiment by its name, and how often it is done on each table."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from tools.gate_rates.retrains import (
    Figures,
    better_recipe,
    first_champion,
    grown_data,
    other_data,
    same_data,
)
from tools.gate_rates.tables import TABLES, TREE_TABLES, Table


@dataclass(frozen=True)
class Experiment:
    """What is simulated, and how often."""

    run: Callable[[Table, int], Figures | list[Figures]]
    number: int
    trees: int
    """How often with trees as learners: as often as an hour of one core allows."""

    def number_on(self, table: Table) -> int:
        """Tells how often it is done on that table."""
        return self.number if table.learner == "closed form" else self.trees


EXPERIMENTS = {
    "no relation": Experiment(partial(first_champion, signal=False), 2_000, 240),
    "relation": Experiment(partial(first_champion, signal=True), 200, 24),
    "same data": Experiment(same_data, 100, 20),
    "better recipe": Experiment(better_recipe, 200, 20),
    "other data": Experiment(other_data, 400, 60),
    "grown data": Experiment(partial(grown_data, wear=False), 40, 2),
    "worn recipe": Experiment(partial(grown_data, wear=True), 40, 2),
}


@dataclass(frozen=True)
class Task:
    """One experiment on one table."""

    experiment: str
    table: Table
    number: int

    @property
    def key(self) -> tuple[str, str, int]:
        """What its line in the file begins with."""
        return self.experiment, self.table.name, self.number


def tasks_of(
    share: float, only: Collection[str] = (), tables: Sequence[Table] = (*TABLES, *TREE_TABLES)
) -> list[Task]:
    """Lists that share of all experiments, or of some, in an order in which all come on alike."""
    tasks = [
        Task(name, table, number)
        for name, each in EXPERIMENTS.items()
        if not only or name in only
        for table in tables
        for number in range(math.ceil(each.number_on(table) * share))
    ]
    return sorted(tasks, key=_progress)


def _progress(task: Task) -> float:
    return task.number / EXPERIMENTS[task.experiment].number_on(task.table)


def result_of(task: Task) -> Figures | list[Figures]:
    """Does the experiment."""
    return EXPERIMENTS[task.experiment].run(task.table, task.number)
