"""A small sample of the simulated retrains: what the gate must not promote, and what it must."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from tests.some import some
from tools.gate_rates.__main__ import read_results
from tools.gate_rates.experiments import EXPERIMENTS, Task, result_of, tasks_of
from tools.gate_rates.fits import Fit, Penalty
from tools.gate_rates.retrains import (
    better_recipe,
    first_champion,
    grown_data,
    other_data,
    same_data,
)
from tools.gate_rates.summary import BROKEN, summary, year_rate
from tools.gate_rates.tables import TABLES, TREE_TABLES, Table

BY_NAME = {table.name: table for table in TABLES}
QUICK = ("balanced, 344 rows", "5 % positives", "3 classes", "number, heavy-tailed")
ALIKE = ("balanced, groups", "number, by time")


@pytest.fixture(params=QUICK)
def table(request: pytest.FixtureRequest) -> Table:
    return BY_NAME[request.param]


@pytest.mark.parametrize("name", [*QUICK, *ALIKE])
def test_a_target_without_relation_makes_no_first_champion(name: str) -> None:
    found = [first_champion(BY_NAME[name], number, signal=False) for number in range(8)]

    assert not any(each["promoted"] for each in some(found))


@pytest.mark.parametrize("name", [*QUICK, *ALIKE])
def test_a_relation_makes_one(name: str) -> None:
    found = [first_champion(BY_NAME[name], number, signal=True) for number in range(3)]

    assert all(each["promoted"] for each in some(found))


def test_a_year_of_the_same_recipe_on_the_same_data_promotes_next_to_nothing() -> None:
    promoted = [each["promoted"] for each in some(same_data(BY_NAME["5 % positives"], 0))]

    assert sum(promoted) <= 1


def test_a_better_recipe_is_promoted() -> None:
    found = better_recipe(BY_NAME["number, Gaussian"], 0)

    assert found["gain"] > 0.02
    assert found["promoted"]


def test_broken_features_are_not_promoted(table: Table) -> None:
    found = [other_data(table, number) for number in range(2)]

    for each in some(found):
        assert not any(each[name] for name in some(BROKEN[1:]))


def test_a_worn_recipe_does_not_wear_the_champion_down() -> None:
    year = some(grown_data(BY_NAME["number, Gaussian"], 0, wear=True))

    # Were every challenger promoted, half of the skill would be left: 0.97 to the 24th.
    assert year[-1]["skill"] > 0.75 * year[-1]["skill of the first"]


def test_the_rate_of_a_year_counts_every_sweep_once_more() -> None:
    assert year_rate([1.0] * 10) == 0.0
    assert year_rate([0.024] + [1.0] * 9) == pytest.approx(0.1)
    assert year_rate([0.024 / 4] + [1.0] * 9) == pytest.approx(1 - 0.9**2)


def test_a_closed_form_answers_probabilities_and_values() -> None:
    generator = np.random.default_rng(0)
    features = generator.standard_normal((200, 3))
    labels = (features[:, 0] > 0).astype(np.intp)

    shares = Fit(features, labels, 2).answers(features, Penalty(0.0, 1.0))
    values = Fit(features, features[:, 1] * 2, 0).answers(features, Penalty(0.0, 1.0))

    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert ((shares[:, 1] > 0.5) == labels).mean() > 0.95
    assert values == pytest.approx(features[:, 1] * 2, abs=1e-9)


def test_results_are_resumed_after_a_line_that_was_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "rates.jsonl"
    task = Task("no relation", TABLES[0], 0)
    line = {"experiment": task.experiment, "table": task.table.name, "number": task.number}
    file.write_text(json.dumps({**line, "found": result_of(task)}) + '\n{"experiment": "no')

    (read,) = read_results(file)

    assert (read["experiment"], read["table"], read["number"]) == task.key
    assert f"| {TABLES[0].name} | 1 |" in summary([read])


def test_what_was_not_done_leaves_its_columns_empty() -> None:
    found = {"gain": 0.1, "promoted": 1.0}
    line = {"experiment": "better recipe", "table": TABLES[0].name, "number": 0, "found": found}

    assert f"| {TABLES[0].name} |  |  |  | 1 | 0.10 | 1.00 |" in summary([line])


def test_a_few_sweeps_of_the_same_data_say_nothing_of_a_year() -> None:
    sweeps = [{"promoted": 0.0}] * TREE_TABLES[0].retrains
    line = {"experiment": "same data", "table": TREE_TABLES[0].name, "number": 0, "found": sweeps}

    assert f"| {TREE_TABLES[0].name} | 1 | 0.0000 |  |" in summary([line])


def test_trees_are_simulated_more_seldom_and_all_lines_of_theirs_are_there() -> None:
    found = tasks_of(1.0, ["no relation"])

    times = Counter(task.table.name for task in some(found))
    assert {times[each.name] for each in TABLES} == {EXPERIMENTS["no relation"].number}
    assert {times[each.name] for each in TREE_TABLES} == {EXPERIMENTS["no relation"].trees}


def test_all_experiments_come_on_alike() -> None:
    tasks = tasks_of(0.1)

    assert len({task.key for task in tasks}) == len(tasks)
    half = {task.experiment for task in tasks[: len(tasks) // 2]}
    assert half == {task.experiment for task in tasks}
