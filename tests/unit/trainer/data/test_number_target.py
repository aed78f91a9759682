"""Rows whose target is a number: which are of use, how they are divided, and what is wanting."""

from typing import Any

import numpy as np
import pytest
from tests.some import some
from tests.unit.trainer.support.regression import number_snapshot, number_spec, number_table

from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.folds import comparison_folds, comparison_parts, trial_folds
from rookery_trainer.data.snapshot import Snapshot, snapshot_of

BY_GROUP = {"holdout": {"by": "group", "column": "patient"}}
BY_TIME = {"holdout": {"by": "time", "column": "since"}}


def with_costs(spec: ModelSpec, costs: Any, rows: int = 400) -> Snapshot:
    table = number_table(spec, rows)
    table["cost"] = costs
    return snapshot_of(spec, table, Batch(2, "digest", rows))


def test_rows_without_a_number_are_left_out_and_counted() -> None:
    spec = number_spec()
    costs = np.where(np.arange(400) % 10 == 0, np.nan, np.arange(400.0))

    found = with_costs(spec, costs)

    assert found.left_out["without_target"] == 40
    both = np.concatenate([found.training.target_values, found.holdout.target_values])
    assert sorted(both) == sorted(costs[~np.isnan(costs)])
    assert not found.training.labels.any()


def test_a_number_is_kept_to_the_last_bit() -> None:
    spec = number_spec()
    costs = 1e6 + np.linspace(-1, 1, 400) / 3

    found = with_costs(spec, costs)

    assert set(found.training.target_values) <= set(costs)


def test_the_content_digest_sees_each_number() -> None:
    spec = number_spec()
    costs = np.arange(400.0)
    other = costs.copy()
    other[7] += 1e-9

    assert with_costs(spec, costs).content_digest == with_costs(spec, costs).content_digest
    assert with_costs(spec, costs).content_digest != with_costs(spec, other).content_digest


@pytest.mark.parametrize("of", [{}, {"folds": 3}, {"folds": 20}])
def test_each_fold_holds_its_share_of_each_quantile(of: dict[str, int]) -> None:
    spec = number_spec(**of)
    rows = number_snapshot(spec).training
    quantiles = np.digitize(
        rows.target_values, np.quantile(rows.target_values, np.linspace(0, 1, 6)[1:-1])
    )

    folds = list(trial_folds(spec, rows))

    assert len(folds) == spec.folds
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(rows)))
    for _, test in some(folds):
        counts = np.bincount(quantiles[test], minlength=5)
        assert np.abs(counts - len(test) / 5).max() <= 3


def test_folds_depend_on_the_order_of_the_numbers_alone() -> None:
    spec = number_spec()
    rows = number_snapshot(spec).training

    folds = [tuple(test) for _, test in trial_folds(spec, rows)]

    assert folds == [tuple(test) for _, test in trial_folds(spec, rows)]
    assert len({test for _, tests in enumerate(folds) for test in tests}) == len(rows)


def test_equal_numbers_make_no_difference_to_folds() -> None:
    spec = number_spec()
    costs = np.zeros(400)
    costs[::40] = 1.0

    folds = list(trial_folds(spec, with_costs(spec, costs).training))

    assert len({len(test) for _, test in some(folds)}) <= 2


@pytest.mark.parametrize("of", [{}, BY_GROUP, BY_TIME], ids=["hash", "group", "time"])
def test_comparison_folds_keep_to_the_rule_of_the_holdout(of: dict[str, Any]) -> None:
    spec = number_spec(**of)
    rows = number_snapshot(spec, 600).training

    folds = [
        fold
        for part in range(comparison_parts(rows))
        for fold in comparison_folds(spec, rows, part)
    ]

    for training, test in some(folds):
        assert not set(training) & set(test)
        if rows.groups is not None:
            assert not set(rows.groups[training]) & set(rows.groups[test])
        if rows.moments is not None:
            assert rows.moments[training].max() < rows.moments[test].min()


def test_a_number_that_is_always_the_same_is_refused() -> None:
    with pytest.raises(Refused, match=r"'cost' is 3 in all \d+ training rows of 'costs', so there"):
        with_costs(number_spec(), 3.0)


def test_too_few_numbers_are_refused_on_each_side() -> None:
    few = np.full(400, np.nan)
    few[:9] = np.arange(9.0)

    with pytest.raises(Refused) as refusal:
        with_costs(number_spec(), few)

    assert "the hold-out rows of 'costs' with a known 'cost' are too few" in str(refusal.value)
    assert "the training rows of 'costs' with a known 'cost' are too few" in str(refusal.value)


def test_the_same_number_in_all_first_times_is_refused() -> None:
    spec = number_spec(**BY_TIME)
    table = number_table(spec)
    order = np.argsort(np.argsort(table["since"].to_numpy()))
    table["cost"] = np.where(order < 150, 5.0, order.astype(np.float64))

    with pytest.raises(Refused, match="the same number in all rows on which a model of one fold"):
        snapshot_of(spec, table, Batch(2, "digest", 400))
