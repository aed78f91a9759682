"""Every experiment by its name, and how often it is done on each table."""

import math
from collections.abc import Callable
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


EXPERIMENTS = {
    "no relation": Experiment(partial(first_champion, signal=False), 2_000),
    "relation": Experiment(partial(first_champion, signal=True), 200),
    "same data": Experiment(same_data, 100),
    "better recipe": Experiment(better_recipe, 200),
    "other data": Experiment(other_data, 400),
    "grown data": Experiment(partial(grown_data, wear=False), 40),
    "worn recipe": Experiment(partial(grown_data, wear=True), 40),
}


TREE_SHARE = 0.05
"""How often an experiment is done with trees as learners, as a share of its number."""


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


def tasks_of(share: float, only: str) -> list[Task]:
    """Lists that share of all experiments, or of one, in an order in which all come on alike."""
    tasks = [
        Task(name, table, number)
        for name, each in EXPERIMENTS.items()
        if only in ("", name)
        for tables, part in ((TABLES, 1.0), (TREE_TABLES, TREE_SHARE))
        for number in range(math.ceil(each.number * share * part))
        for table in tables
    ]
    return sorted(tasks, key=lambda task: task.number / EXPERIMENTS[task.experiment].number)


def result_of(task: Task) -> Figures | list[Figures]:
    """Does the experiment."""
    return EXPERIMENTS[task.experiment].run(task.table, task.number)
