"""Folds follow the rule of the hold-out."""

import numpy as np
import pandas as pd
import pytest
from tests.some import some
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_trainer.data.fold_checks import fold_findings
from rookery_trainer.data.folds import (
    chained_folds,
    comparison_folds,
    comparison_parts,
    inner_folds,
    trial_folds,
)
from rookery_trainer.data.rows import Rows, row_keys

DAY = 86_400_000_000
BY_GROUP = {"holdout": {"by": "group", "column": "patient"}}
BY_TIME = {"holdout": {"by": "time", "column": "since", "embargo": "7d"}}


def rows_of(
    labels: list[int], groups: list[int] | None = None, days: list[int] | None = None
) -> Rows:
    return Rows(
        pd.DataFrame(index=range(len(labels))),
        np.array(labels, dtype=np.intp),
        row_keys(f"{number:09}".encode() for number in range(len(labels))),
        groups=None if groups is None else np.array(groups, dtype=np.intp),
        moments=None if days is None else np.array(days, dtype=np.int64) * DAY,
    )


def test_no_group_is_on_both_sides_of_any_fold() -> None:
    spec = spec_of(**BY_GROUP)
    training = second_snapshot(spec).training
    groups = training.groups
    assert groups is not None

    folds = [*trial_folds(spec, training), *(inner_folds(training, 3, 0) or [])]
    for part in range(comparison_parts(training)):
        folds += comparison_folds(spec, training, part)

    assert len(folds) == 5 + 3 + 50
    for fitted, tested in some(folds):
        assert not set(groups[fitted]) & set(groups[tested])
        assert len(fitted) + len(tested) == len(training)


def test_each_repeat_of_the_comparison_divides_the_groups_anew() -> None:
    spec = spec_of(**BY_GROUP)
    training = second_snapshot(spec).training

    repeats = [
        tuple(tuple(tested) for _, tested in comparison_folds(spec, training, part))
        for part in range(comparison_parts(training))
    ]

    assert len(set(repeats)) == len(repeats) == 10


def test_by_time_a_fit_sees_only_what_is_older_than_the_embargo() -> None:
    spec = spec_of(**BY_TIME)
    training = second_snapshot(spec).training
    moments = training.moments
    assert moments is not None

    trial = list(trial_folds(spec, training))
    blocks = [fold for part in range(20) for fold in comparison_folds(spec, training, part)]

    assert len(trial) == 5
    assert len(blocks) == comparison_parts(training) == 20
    for fitted, tested in some([*trial, *blocks]):
        assert moments[fitted].max() < moments[tested].min() - 7 * DAY
    tested_rows = np.concatenate([tested for _, tested in blocks])
    assert len(set(tested_rows.tolist())) == len(tested_rows)
    assert len(tested_rows) == pytest.approx(len(training) * 2 / 3, abs=2)


def test_rows_of_one_moment_are_in_one_block() -> None:
    moments = np.repeat([3, 1, 2], [40, 10, 50]).astype(np.int64)

    folds = chained_folds(moments, 20, untested=0.1, embargo=0)

    assert [(len(fitted), len(tested)) for fitted, tested in folds] == [(10, 50), (60, 40)]


def test_an_estimators_own_folds_by_time_are_blocks_of_neighbours() -> None:
    rows = rows_of([0, 1] * 30, days=list(range(60))[::-1])

    folds = inner_folds(rows, 3, 0)

    assert folds is not None
    assert rows.moments is not None
    spans = [(rows.moments[t].min(), rows.moments[t].max()) for _, t in folds]
    assert spans == [(0, 19 * DAY), (20 * DAY, 39 * DAY), (40 * DAY, 59 * DAY)]
    assert inner_folds(rows_of([0, 1]), 3, 0) is None


def test_too_few_groups_are_refused() -> None:
    spec = spec_of(**BY_GROUP)

    (said,) = fold_findings(spec, rows_of([0, 1, 2] * 29, groups=list(range(29)) * 3))

    assert "29 different values of 'patient', at least 30 groups" in said
    assert fold_findings(spec, rows_of([0, 1, 2] * 30, groups=list(range(30)) * 3)) == []


def test_times_that_are_too_few_or_of_one_class_at_first_are_refused() -> None:
    spec = spec_of(**BY_TIME)

    (few,) = fold_findings(spec, rows_of([0, 1, 2] * 20, days=[1] * 30 + [2] * 30))
    (alike,) = fold_findings(spec, rows_of([0] * 40 + [1, 2] * 40, days=list(range(0, 1200, 10))))

    assert "too few different times of 'since'" in few
    assert "all of one class" in alike
    assert fold_findings(spec, rows_of([0, 1, 2] * 40, days=list(range(0, 1200, 10)))) == []
