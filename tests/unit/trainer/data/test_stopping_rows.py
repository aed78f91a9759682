"""Stopping rows follow the rule of the hold-out."""

from dataclasses import replace

import numpy as np
import pytest
from tests.some import some
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_trainer.data.rows import Rows
from rookery_trainer.data.stopping_rows import LARGE, SPLITS, stopping_splits

SPEC = spec_of()


def rows(number: int = 400) -> Rows:
    return second_snapshot(SPEC, number).training


def test_rows_are_parted_within_each_class_and_by_the_seed() -> None:
    training = rows()

    ((fitted, aside),) = stopping_splits(SPEC, training, seed=1)

    assert sorted([*fitted, *aside]) == list(range(len(training)))
    for label in some(np.unique(training.labels)):
        share = (training.labels[aside] == label).sum() / (training.labels == label).sum()
        assert share == pytest.approx(0.2, abs=0.03)
    ((_, again),), ((_, other),) = (stopping_splits(SPEC, training, seed) for seed in (1, 2))
    assert (again == aside).all()
    assert set(other) != set(aside)


def test_several_divisions_are_different_ones_but_by_time() -> None:
    training = rows()
    moments = np.arange(len(training), dtype=np.int64)

    splits = stopping_splits(SPEC, training, seed=1, several=True)
    by_time = stopping_splits(SPEC, replace(training, moments=moments), seed=1, several=True)

    assert len({tuple(aside) for _, aside in splits}) == SPLITS
    assert len(by_time) == 1


def test_no_group_is_on_both_sides() -> None:
    training = rows()
    groups = np.arange(len(training)) % 40

    (split,) = stopping_splits(SPEC, replace(training, groups=groups), seed=1)

    assert set(groups[split[0]]).isdisjoint(groups[split[1]])
    assert len(split[1]) == pytest.approx(0.2 * len(training), abs=len(training) / 40)


def test_by_time_the_latest_rows_stop_and_a_moment_is_on_one_side() -> None:
    training = rows()
    moments = np.random.default_rng(0).permutation(np.arange(len(training)) // 7).astype(np.int64)

    (split,) = stopping_splits(SPEC, replace(training, moments=moments), seed=1)

    assert moments[split[0]].max() < moments[split[1]].min()


def test_a_class_keeps_rows_to_fit_to() -> None:
    training = rows()
    labels = np.zeros(len(training), dtype=np.intp)
    labels[0] = 1
    groups = np.arange(len(training)) % 40

    for case in some(
        (replace(training, labels=labels), replace(training, labels=labels, groups=groups))
    ):
        (split,) = stopping_splits(SPEC, case, seed=1)
        assert set(labels[split[0]]) == {0, 1}


def test_without_enough_rows_or_a_class_of_late_rows_alone_none_are_put_aside() -> None:
    training = rows()
    few = training.take(np.arange(40))
    moments = np.arange(len(training), dtype=np.int64)
    late = (moments > moments[-20]).astype(np.intp)

    assert stopping_splits(SPEC, few, seed=1, several=True) == ()
    assert stopping_splits(SPEC, replace(training, labels=late, moments=moments), seed=1) == ()


def test_of_many_rows_a_tenth_is_enough() -> None:
    training = rows()
    many = training.take(np.arange(LARGE) % len(training))

    ((_, aside),) = stopping_splits(SPEC, many, seed=1)

    assert len(aside) == pytest.approx(LARGE / 10, abs=5)
