"""Stopping rows: the training rows by which a boosted estimator ends.

They follow the rule of the hold-out: by hash they are drawn within each class; by group whole
groups are drawn; by time they are the latest. Every class keeps rows to fit to.
"""

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import Fold, embargo
from rookery_trainer.data.rows import Rows

SHARE = 0.2
LARGE_SHARE = 0.1
LARGE = 10_000
"""Rows from which on the smaller share is enough to tell rounds apart."""
LEAST = 10
"""Stopping rows below which their loss says nothing."""
SPLITS = 5
"""Divisions whose best rounds make those of a model of few rows that is served."""


def stopping_splits(
    spec: ModelSpec, rows: Rows, seed: int, *, several: bool = False
) -> tuple[Fold, ...]:
    """Divides rows into those that are fitted to, and those to stop by, once or several times.

    By time there is one division. None are returned where too few rows can be put aside: then all
    rounds are taken.
    """
    times = SPLITS if several and rows.moments is None else 1
    found = (_stopping_split(spec, rows, seed + number) for number in range(times))
    return tuple(split for split in found if split is not None)


def _stopping_split(spec: ModelSpec, rows: Rows, seed: int) -> Fold | None:
    wanted = round(len(rows) * (LARGE_SHARE if len(rows) >= LARGE else SHARE))
    if wanted < LEAST:
        return None
    generator = np.random.default_rng(seed)
    if rows.moments is not None:
        split = _latest(rows.moments, wanted, embargo(spec))
    elif rows.groups is not None:
        split = _whole_groups(rows.groups, rows.labels, wanted, generator)
    else:
        split = _of_each_class(rows.labels, wanted, generator)
    fitted, aside = split
    known = np.unique(rows.labels)
    if len(aside) < LEAST or len(np.unique(rows.labels[fitted])) < len(known):
        return None
    return split


def _latest(moments: NDArray[np.int64], wanted: int, embargo: int) -> Fold:
    """Puts the latest rows aside; those of one moment stay together."""
    first = np.sort(moments)[-wanted]
    return np.flatnonzero(moments < first - embargo), np.flatnonzero(moments >= first)


def _whole_groups(
    groups: NDArray[np.intp],
    labels: NDArray[np.intp],
    wanted: int,
    generator: np.random.Generator,
) -> Fold:
    """Draws groups until enough rows are aside; a group that holds a class's last rows stays."""
    width = int(labels.max()) + 1
    counts = np.zeros((int(groups.max()) + 1, width), dtype=np.int64)
    np.add.at(counts, (groups, labels), 1)
    left, aside = counts.sum(axis=0), np.zeros(len(counts), dtype=np.bool_)
    present = left > 0
    rows = 0
    for group in generator.permutation(np.unique(groups)):
        if rows >= wanted:
            break
        if ((left - counts[group])[present] > 0).all():
            left, rows = left - counts[group], rows + int(counts[group].sum())
            aside[group] = True
    return np.flatnonzero(~aside[groups]), np.flatnonzero(aside[groups])


def _of_each_class(labels: NDArray[np.intp], wanted: int, generator: np.random.Generator) -> Fold:
    """Draws each class's share; of a class of one row none."""
    share = wanted / len(labels)
    aside = np.zeros(len(labels), dtype=np.bool_)
    for label in np.unique(labels):
        members = generator.permutation(np.flatnonzero(labels == label))
        aside[members[: min(round(len(members) * share), len(members) - 1)]] = True
    return np.flatnonzero(~aside), np.flatnonzero(aside)
