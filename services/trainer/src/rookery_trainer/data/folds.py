"""Folds: the training rows of one fit and the rows that it is tested on.

They follow the rule of the hold-out. By hash they are stratified, by the classes or by quantiles of
a number; by group no group is on both
sides; by time a fit sees what came before its test rows, and nothing later.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.rows import Rows
from rookery_trainer.estimators import ESTIMATORS

COMPARISON_FOLDS = 5
"""Folds of each repeat of the comparison with the champion, whatever the spec's own number."""
COMPARISON_REPEATS = 10
COMPARISON_BLOCKS = 20
"""By time: blocks of the comparison with the champion."""
UNTESTED = 1 / 3
"""By time: the share of the rows, the earliest, that no block of the comparison holds."""

ENCODING_FOLDS = 5
"""Folds by which means of the target are made."""
MOST_STRATA = 10
"""Quantiles of a number among which the rows of each fold are spread evenly."""

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Positions of the training rows and of the test rows."""


def least_class_rows(spec: ModelSpec) -> int:
    """Counts the training rows that each class needs, so that every fold of every use holds it.

    The uses are the trial's folds, the folds of the comparison with the champion, and the
    estimator's own folds within either.
    """
    within = max(ESTIMATORS[name].folds_within for name in spec.candidates)
    return max(spec.folds, COMPARISON_FOLDS, 2 * within)


def trial_folds(spec: ModelSpec, rows: Rows) -> Iterator[Fold]:
    """Yields the folds of a trial; they depend on the spec and the rows alone."""
    if rows.moments is not None:
        yield from chained_folds(
            rows.moments, spec.folds, untested=1 / (spec.folds + 1), embargo=embargo(spec)
        )
    elif rows.groups is not None:
        splitter = StratifiedGroupKFold(spec.folds, shuffle=True, random_state=spec.seed)
        yield from splitter.split(_no_columns(rows), strata(rows, spec.folds), rows.groups)
    else:
        splitter = StratifiedKFold(spec.folds, shuffle=True, random_state=spec.seed)
        yield from splitter.split(_no_columns(rows), strata(rows, spec.folds))


def comparison_parts(rows: Rows) -> int:
    """Counts the parts into which the folds of a comparison are divided, to share the work."""
    return COMPARISON_REPEATS if rows.moments is None else COMPARISON_BLOCKS


def comparison_folds(spec: ModelSpec, rows: Rows, part: int) -> Iterator[Fold]:
    """Yields the folds of part `part` of a comparison: of one repeat, or by time one block."""
    if rows.moments is not None:
        blocks = chained_folds(
            rows.moments, COMPARISON_BLOCKS, untested=UNTESTED, embargo=embargo(spec)
        )
        yield from blocks[part : part + 1]
        return
    (state,) = np.random.SeedSequence([spec.seed, part]).generate_state(1)
    if rows.groups is not None:
        # Not the stratified one: it divides the groups nearly alike whatever the seed.
        grouped = GroupKFold(COMPARISON_FOLDS, shuffle=True, random_state=int(state))
        yield from grouped.split(_no_columns(rows), rows.labels, rows.groups)
    else:
        splitter = StratifiedKFold(COMPARISON_FOLDS, shuffle=True, random_state=int(state))
        yield from splitter.split(_no_columns(rows), strata(rows, COMPARISON_FOLDS))


def chained_folds(
    moments: NDArray[np.int64], blocks: int, *, untested: float, embargo: int
) -> list[Fold]:
    """Divides rows by their `moments` [N] into blocks; each is tested by all that came before.

    Rows of one moment are in one block, so that there may be fewer blocks than asked for. The
    earliest rows, a share of `untested`, are in none.

    Args:
        embargo: what lies less than this before a block, in the unit of the moments, is not among
            its training rows.
    """
    order = np.argsort(moments, kind="stable")
    sorted_moments = moments[order]
    shares = untested + (1 - untested) * np.arange(blocks) / blocks
    wished = sorted_moments[(shares * len(moments)).astype(np.intp)]
    starts = np.unique(np.searchsorted(sorted_moments, wished, side="left"))
    folds: list[Fold] = []
    for start, end in zip(starts, [*starts[1:], len(moments)], strict=True):
        seen = np.searchsorted(sorted_moments, sorted_moments[start] - embargo, side="left")
        if seen:
            folds.append((order[:seen], order[start:end]))
    return folds


def inner_folds(rows: Rows, count: int, seed: int) -> list[Fold] | None:
    """Divides rows for an estimator that makes `count` folds itself; None where it may as it likes.

    By group no group is on both sides. By time each fold is a block of neighbouring moments: every
    row has to be in one, so that other blocks than the first come before and after it.
    """
    if rows.groups is not None:
        grouped = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        return list(grouped.split(_no_columns(rows), strata(rows, count), rows.groups))
    if rows.moments is not None:
        order = np.argsort(rows.moments, kind="stable")
        parts = np.array_split(order, count)
        return [(np.concatenate([*parts[:i], *parts[i + 1 :]]), parts[i]) for i in range(count)]
    return None


def encoding_folds(rows: Rows, seed: int) -> list[Fold]:
    """Divides rows into folds by which means of the target are made: each row is in one of them.

    By group no group is on both sides. By time a row's means are those of the rows before its
    block; the first block, before which nothing is, has those of the second.
    """
    if rows.moments is not None:
        order = np.argsort(rows.moments, kind="stable")
        blocks = np.array_split(order, ENCODING_FOLDS)
        later = [(np.concatenate(blocks[:i]), blocks[i]) for i in range(1, ENCODING_FOLDS)]
        return [(blocks[1], blocks[0]), *later]
    found = inner_folds(rows, ENCODING_FOLDS, seed)
    if found is not None:
        return found
    strata_of = strata(rows, ENCODING_FOLDS)
    members = np.bincount(strata_of)
    # A class with fewer rows than there are folds can't be in each of them.
    least = int(members[members > 0].min())
    splitter = StratifiedKFold if least >= ENCODING_FOLDS else KFold
    folds = splitter(ENCODING_FOLDS, shuffle=True, random_state=seed)
    return list(folds.split(_no_columns(rows), strata_of))


def embargo(spec: ModelSpec) -> int:
    """Returns the embargo of the spec's hold-out in microseconds."""
    return round(spec.holdout.embargo_time.total_seconds() * 1e6)


def strata(rows: Rows, folds: int) -> NDArray[np.intp]:
    """Returns the stratum [N] of each row, of which every fold, and every sample, gets its share.

    That is its class; of a number its quantile, of at most `MOST_STRATA`, so many that each holds a
    row for each fold.
    """
    if rows.values is None:
        return rows.labels
    strata = min(MOST_STRATA, max(1, len(rows) // folds))
    ranks = np.empty(len(rows), dtype=np.intp)
    ranks[np.argsort(rows.values, kind="stable")] = np.arange(len(rows))
    return ranks * strata // len(rows)


def _no_columns(rows: Rows) -> NDArray[np.float64]:
    return np.empty((len(rows), 0))
