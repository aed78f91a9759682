"""Runs: what one says of its configuration."""

from rookery_trainer.model.trial import Configuration
from rookery_trainer.tracking.runs import as_text, is_of, logged

FOREST = Configuration("random_forest", {"n_estimators": 50, "max_depth": None})


def test_a_run_names_the_estimator_beside_its_parameters() -> None:
    assert logged(FOREST) == {"estimator": "random_forest", "n_estimators": 50, "max_depth": None}


def test_a_run_of_another_estimator_or_value_is_of_another_configuration() -> None:
    written = {name: as_text(value) for name, value in logged(FOREST).items()}

    assert is_of(written, FOREST)
    assert not is_of({**written, "estimator": "extra_trees"}, FOREST)
    assert not is_of({**written, "n_estimators": "51"}, FOREST)


def test_a_run_of_the_first_release_names_no_estimator() -> None:
    assert is_of({"n_estimators": "50", "max_depth": "None"}, FOREST)
