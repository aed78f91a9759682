"""The rank test: do a model's answers follow the truth, or could they be of any other rows?

Answers are ranked within each stratum, ties share their ranks, and the truth of a class is 1 or 0,
of numbers its rank. The sum of their products is referred to what it is when the truth is permuted
within strata: by its first three moments (a Pearson III distribution: Mielke and Berry, Permutation
Methods, 2001), and where a class has few rows by permutations. Rows of a group, and neighbours in
time, resemble each other and may not be permuted: their sums by group, and by block of time, are
tested by t.

Answers out of fold are no independent draws: of two rows in different folds each is judged by a fit
that has seen the other, so that what happens to agree counts twice. For a model that is linear in
the truth that doubles the variance of the sum exactly; the simulations (decision 0301) measured
1.7 to 2.3 times. `shared` says so.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, pearson3, rankdata
from scipy.stats import t as student

from rookery_trainer.gate.block_t_test import newey_west_t
from rookery_trainer.gate.judged_rows import JudgedRows

FEW = 30
"""Below so many rows of a class, or of all others, permutations are drawn."""
ENOUGH = 100
"""Drawn sums as high as the true one, after which no more are drawn."""
MOST_DRAWS = 1_000_000
BLOCKS = 20
"""Blocks of time, of all strata together."""
_BATCHES = (1_000, 10_000)


def rank_p(
    rows: JudgedRows, told: NDArray[np.float64], *, shared: bool = False, level: float = 0.01
) -> float:
    """Returns how likely answers that follow the truth so well are where they don't; one-sided.

    Of more than two classes it is the smallest p of one against the rest, times their number.

    Args:
        told: probabilities [N, classes], or values [N].
        shared: the answers are out of fold.
        level: the level to which p will be held. Where permutations are drawn, p is told at least
            ten times as finely.
    """
    if not np.isfinite(told).all():
        return math.nan
    if not rows.classes:
        return _p(rows, told, rows.truth.astype(np.float64), shared=shared, draws=0)
    asked = range(1, 2) if rows.classes == 2 else range(rows.classes)
    draws = min(MOST_DRAWS, math.ceil(10 * len(asked) / level))
    found = [
        _p(rows, told[:, each], (rows.truth == each).astype(np.float64), shared=shared, draws=draws)
        for each in asked
    ]
    return min(1.0, min(found) * len(found))


@dataclass(frozen=True)
class _Stratum:
    """The centred scores of a stratum's rows."""

    places: NDArray[np.intp]
    told: NDArray[np.float64]
    truth: NDArray[np.float64]


def _p(
    rows: JudgedRows,
    told: NDArray[np.float64],
    truth: NDArray[np.float64],
    *,
    shared: bool,
    draws: int,
) -> float:
    strata = [
        _Stratum(places, _ranks(told[places]), _scores(rows.classes, truth[places]))
        for places in _members(rows.strata)
        if len(places) > 1
    ]
    strata = [each for each in strata if each.told.any() and each.truth.any()]
    if not strata:
        return 1.0
    places = np.concatenate([each.places for each in strata])
    products = np.concatenate([each.told * each.truth for each in strata])
    if rows.groups is not None:
        return _group_p(products, rows.groups[places], shared)
    if rows.moments is not None:
        return _block_p(products, rows.strata[places], rows.moments[places], shared)
    if rows.classes:
        members = sum(int((truth[each.places] > 0).sum()) for each in strata)
        if min(members, len(places) - members) < FEW:
            return _drawn_p(strata, shared, draws)
    return _moment_p(strata, shared)


def _members(strata: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    order = np.argsort(strata, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(strata[order])) + 1)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks between -1/2 and 1/2, whatever the number of rows; ties share theirs."""
    ranks: NDArray[np.float64] = rankdata(values) / (len(values) + 1) - 0.5
    return ranks


def _scores(classes: int, truth: NDArray[np.float64]) -> NDArray[np.float64]:
    return truth - truth.mean() if classes else _ranks(truth)


def _moment_p(strata: list[_Stratum], shared: bool) -> float:
    total, variance, third = 0.0, 0.0, 0.0
    for each in strata:
        rows = len(each.places)
        total += float(each.told @ each.truth)
        variance += float((each.told**2).sum() * (each.truth**2).sum()) / (rows - 1)
        if rows > 2:
            cubes = float((each.told**3).sum() * (each.truth**3).sum())
            third += rows / ((rows - 1) * (rows - 2)) * cubes
    skew = third / variance**1.5
    z = total / math.sqrt(variance * (2 if shared else 1))
    return float(norm.sf(z) if abs(skew) < 1e-3 else pearson3.sf(z, skew))


def _drawn_p(strata: list[_Stratum], shared: bool, draws: int) -> float:
    """Draws the rows of the class anew, as many in each stratum as there are."""
    generator = np.random.default_rng(0)
    total = sum(float(each.told @ each.truth) for each in strata)
    # Answers out of fold vary more by the root of two: the bar is lower by as much.
    bar = total / math.sqrt(2) if shared else total
    as_high, done = 0, 0
    while done < draws and as_high < ENOUGH:
        batch = _BATCHES[done > 0]
        sums = np.sum([_drawn_sums(each, generator, batch) for each in strata], axis=0)
        # With the tolerance, sums that differ only by rounding count as equally high.
        as_high += int((sums >= bar - 1e-9).sum())
        done += batch
    return (as_high + 1) / (done + 1)


def _drawn_sums(
    stratum: _Stratum, generator: np.random.Generator, draws: int
) -> NDArray[np.float64]:
    """Returns the stratum's sums [draws] with the class at other rows."""
    inside = stratum.truth > 0
    rows, members = len(inside), int(inside.sum())
    # The smaller side is drawn; the ranks are centred, so that the larger one has the rest.
    sign, count = (1.0, members) if 2 * members <= rows else (-1.0, rows - members)
    chosen = generator.integers(0, rows, (draws, count))
    for place in range(1, count):
        # A row that is there already is drawn again: those that are not are equally likely.
        taken = (chosen[:, :place] == chosen[:, place : place + 1]).any(axis=1)
        while taken.any():
            again = np.flatnonzero(taken)
            chosen[again, place] = generator.integers(0, rows, len(again))
            taken[again] = (chosen[again, :place] == chosen[again, place : place + 1]).any(axis=1)
    sums: NDArray[np.float64] = sign * stratum.told[chosen].sum(axis=1)
    return sums


def _group_p(products: NDArray[np.float64], groups: NDArray[np.intp], shared: bool) -> float:
    """Tests the sums by group, which are independent of each other."""
    _, places = np.unique(groups, return_inverse=True)
    sums = np.bincount(places, weights=products)
    if len(sums) < 2 or not sums.any():
        return 1.0
    t = float(sums.sum() / np.sqrt((sums**2).sum() * (2 if shared else 1)))
    return float(student.sf(t, len(sums) - 1))


def _block_p(
    products: NDArray[np.float64],
    strata: NDArray[np.intp],
    moments: NDArray[np.int64],
    shared: bool,
) -> float:
    """Tests the sums of blocks of neighbours, which resemble the blocks beside them."""
    order = np.lexsort((moments, strata))
    t, _ = newey_west_t(
        np.array([block.sum() for block in np.array_split(products[order], BLOCKS)])
    )
    return float(student.sf(t / math.sqrt(2 if shared else 1), BLOCKS - 1))
