"""Weights of classes: said by the spec or drawn, by the estimator's own parameter or by rows."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.some import some
from tests.unit.trainer.support.encodings import encoding_spec
from tests.unit.trainer.support.estimators import SMALL

from rookery_core.spec.estimators import CLASS_WEIGHT, SEARCHABLE, EstimatorName
from rookery_trainer.data.rows import Rows, row_keys
from rookery_trainer.estimators import ESTIMATORS
from rookery_trainer.model.answers import answers
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.row_weights import fitted_weights
from rookery_trainer.model.search_space import first_configurations
from rookery_trainer.model.trial import Configuration

WEIGHING = [name for name, each in SEARCHABLE.items() if CLASS_WEIGHT in each.domains]
RARE = 40
ROWS = 800


def rare_rows(weights: np.ndarray | None = None) -> Rows:
    """Draws rows of which one in twenty is of the second class, and somewhat larger."""
    generator = np.random.default_rng(8)
    labels = (np.arange(ROWS) % (ROWS // RARE) == 0).astype(np.intp)
    size = generator.normal(labels * 1.2, 1).astype(np.float32)
    keys = row_keys([number.to_bytes(4, "big") for number in range(ROWS)])
    return Rows(pd.DataFrame({"size": size}), labels, keys, weights=weights)


def mean_share(estimator: EstimatorName, spec: dict[str, Any], parameters: dict[str, Any]) -> float:
    made = encoding_spec(estimator, "two", features=["size"], **spec)
    rows = rare_rows()
    configuration = Configuration(estimator, {**SMALL[estimator], **parameters})
    return float(answers(fit_rows(made, rows, configuration, 1), made, rows.features)[:, 1].mean())


@pytest.mark.parametrize("estimator", [name for name in WEIGHING if name != "calibrated_svc"])
def test_balanced_classes_count_alike_whether_the_spec_or_the_draw_says_so(
    estimator: EstimatorName,
) -> None:
    plain = mean_share(estimator, {}, {})
    said = mean_share(estimator, {"class_weight": "balanced"}, {})
    drawn = mean_share(estimator, {}, {CLASS_WEIGHT: "balanced"})

    assert plain == pytest.approx(RARE / ROWS, abs=0.03)
    # With few rounds a boosted model has only come half the way.
    assert said > 4 * plain
    assert drawn == pytest.approx(said, abs=0.05)


@pytest.mark.parametrize("estimator", WEIGHING)
def test_none_counts_each_row_alike(estimator: EstimatorName) -> None:
    said = mean_share(estimator, {"class_weight": "none"}, {})

    assert said == mean_share(estimator, {}, {CLASS_WEIGHT: None})


def test_a_row_weighs_what_is_left_of_its_class() -> None:
    weights = np.linspace(1, 5, ROWS)
    rows = rare_rows(weights)
    spec = encoding_spec("random_forest", "two", features=["size"], class_weight="balanced")

    found = fitted_weights(spec, rows, Configuration("random_forest", {}))

    assert found is not None
    assert found.mean() == pytest.approx(1)
    sums = np.bincount(rows.labels, found)
    assert sums[0] == pytest.approx(sums[1])
    inside = rows.labels == 1
    assert found[inside] / found[inside][0] == pytest.approx(weights[inside] / weights[inside][0])


def test_a_draw_weighs_rows_only_where_the_estimator_does_not_weigh_classes_itself() -> None:
    rows = rare_rows()
    for name in some(WEIGHING):
        spec = encoding_spec(name, "two", features=["size"])

        found = fitted_weights(spec, rows, Configuration(name, {CLASS_WEIGHT: "balanced"}))

        assert (found is None) == ESTIMATORS[name].weighs_classes


def test_a_sweep_draws_no_weights_where_the_spec_says_them() -> None:
    spec = encoding_spec(
        "logistic_regression", "two", features=["size"], class_weight="balanced", trials=20
    )

    drawn = first_configurations(spec, 0, 0)

    for each in some(drawn):
        assert each.parameters.keys() == {"C"}
