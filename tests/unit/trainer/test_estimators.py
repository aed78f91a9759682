"""The registry of estimators: one entry is all that the rest of the code needs."""

from pathlib import Path
from typing import get_args

import pytest
from tests.some import some
from tests.unit.trainer.support.estimators import SMALL, SPACES

from rookery_core.errors import Refused
from rookery_core.spec import estimators as core
from rookery_core.spec.estimators import CLASS_WEIGHT, SEARCHABLE, EstimatorName
from rookery_core.spec.task import Task
from rookery_trainer.estimators import ESTIMATORS, make_estimator

ROOT = Path(__file__).parents[3]
SUFFIXES = {".py", ".tpl", ".js", ".toml"}
REGISTRIES = {Path(str(core.__file__)), ROOT / "services/trainer/src/rookery_trainer/estimators.py"}


def test_both_registries_and_the_tests_have_the_same_names() -> None:
    assert ESTIMATORS.keys() == SEARCHABLE.keys() == SPACES.keys() == SMALL.keys()
    assert get_args(EstimatorName) == tuple(SEARCHABLE)


@pytest.mark.parametrize(
    ("name", "task"), [(name, task) for name, known in ESTIMATORS.items() for task in known.tasks]
)
def test_an_estimator_has_every_parameter_that_may_be_searched(
    name: EstimatorName, task: Task
) -> None:
    made = make_estimator(name, task, "squared", {}, 0).get_params(deep=True)

    searched = set(SEARCHABLE[name].domains_for(task))
    if not ESTIMATORS[name].weighs_classes:
        searched -= {CLASS_WEIGHT}
    assert {each.rpartition("__")[2] for each in made} >= searched


@pytest.mark.parametrize("name", ESTIMATORS)
def test_the_weights_of_classes_are_a_parameter_of_all_that_take_weights_and_predict_classes(
    name: EstimatorName,
) -> None:
    known = SEARCHABLE[name]

    assert (CLASS_WEIGHT in known.domains) == (known.weighted and "classification" in known.tasks)
    if ESTIMATORS[name].weighs_classes:
        make = ESTIMATORS[name].classifier
        assert make is not None
        made = make({CLASS_WEIGHT: "balanced"}, 0).get_params(deep=True)
        assert "balanced" in made.values()


def test_both_registries_say_the_same_tasks() -> None:
    assert {name: known.tasks for name, known in ESTIMATORS.items()} == {
        name: each.tasks for name, each in SEARCHABLE.items()
    }


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_spec_may_name_an_estimator_for_the_tasks_that_it_has_a_form_for(
    name: EstimatorName,
) -> None:
    assert ESTIMATORS[name].tasks == SEARCHABLE[name].tasks


def test_an_estimator_without_a_form_for_the_task_is_refused() -> None:
    with pytest.raises(Refused, match="calibrated_svc has no form for regression"):
        make_estimator("calibrated_svc", "regression", "squared", {}, 0)


def test_no_other_module_names_an_estimator() -> None:
    modules = [
        path
        for folder in ("services", "local", "charts")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in SUFFIXES and path not in REGISTRIES
    ]

    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in some(modules)
        for name in ESTIMATORS
        if f'"{name}"' in path.read_text(encoding="utf-8")
    }

    assert found == set()
    assert all(path.is_file() for path in some(REGISTRIES))
