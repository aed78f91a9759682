"""Compares two configurations: is one's loss truly lower than the other's?

By time `block_t_test` tells, else the corrected resampled t-test. Training sets of different folds
share most of their rows, so the plain variance of the folds' means is far too small; the correction
adds the ratio of test to training rows (Nadeau and Bengio, Inference for the Generalization Error,
Machine Learning 52, 2003; Bouckaert and Frank, Evaluating the Replicability of Significance Tests,
PAKDD 2004, for the repeated form).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import (
    COMPARISON_FOLDS,
    COMPARISON_REPEATS,
    Fold,
    comparison_folds,
    comparison_parts,
)
from rookery_trainer.data.rows import Rows
from rookery_trainer.gate.block_t_test import newey_west_t
from rookery_trainer.gate.judged_rows import truth_of
from rookery_trainer.gate.skill import measure_for
from rookery_trainer.model.answers import answers
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.mapper import Mapper
from rookery_trainer.model.trial import Configuration


@dataclass(frozen=True)
class Comparison:
    """The challenger's gain over the champion in mean loss, fold by fold."""

    gains: tuple[float, ...]
    """Champion's loss less the challenger's, of each of the 50 folds, or by time of each block, in
    the order of time; none where the hold-out's rows were compared."""
    mean_gain: float
    t: float
    p: float
    """One-sided: how likely such a gain is where there is none; 1 where all folds are equal."""


@dataclass(frozen=True)
class Repeat:
    """One repeat of the cross-validation of one configuration, or by time one block of it.

    It is the work of one process.
    """

    spec: ModelSpec
    rows: Rows
    configuration: Configuration
    seed: int
    number: int
    """Which repeat or block, from 0."""


def compare(
    spec: ModelSpec,
    rows: Rows,
    challenger: Configuration,
    champion: Configuration,
    *,
    seed: int,
    mapper: Mapper,
) -> Comparison:
    """Fits and scores both configurations on the same folds of `rows`, and compares them.

    The folds depend on the spec and the rows alone, and both sides use the same `seed`: two equal
    configurations gain exactly nothing.
    """
    if challenger == champion:
        return corrected_t_test(np.zeros(COMPARISON_FOLDS * COMPARISON_REPEATS))
    parts = comparison_parts(rows)
    tasks = [
        Repeat(spec, rows, configuration, seed, number)
        for configuration in (challenger, champion)
        for number in range(parts)
    ]
    losses = list(mapper(fold_losses, tasks))
    gains = np.concatenate(losses[parts:]) - np.concatenate(losses[:parts])
    return compared(gains, rows)


def compared(gains: NDArray[np.float64], rows: Rows) -> Comparison:
    """Tests the gains of all folds, by time of all blocks, of a comparison on `rows`."""
    return corrected_t_test(gains) if rows.moments is None else _block_t_test(gains)


def fold_losses(repeat: Repeat) -> tuple[float, ...]:
    """Returns the mean loss of each fold of one repeat; NaN where fitting fails.

    Fitting may fail for lack of rows: these folds are not those of the trial.
    """
    return tuple(_loss(repeat, training, test) for training, test in splits(repeat))


def splits(repeat: Repeat) -> Iterator[Fold]:
    """Yields the positions of the training and test rows of the repeat's folds.

    They do not depend on the configuration.
    """
    return comparison_folds(repeat.spec, repeat.rows, repeat.number)


def _loss(repeat: Repeat, training: NDArray[np.intp], test: NDArray[np.intp]) -> float:
    spec, unseen = repeat.spec, repeat.rows.take(test)
    try:
        fitted = fit_rows(spec, repeat.rows.take(training), repeat.configuration, repeat.seed)
        told = answers(fitted, spec, unseen.features)
    except ValueError:
        return math.nan
    losses = measure_for(spec, repeat.rows).losses(truth_of(unseen), told)
    return float(np.average(losses, weights=unseen.weights))


def corrected_t_test(gains: NDArray[np.float64]) -> Comparison:
    """Tests, one-sided and with 49 degrees of freedom, whether the mean of `gains` [50] is above 0.

    Without any variance the configurations are equal: p is 1. A NaN gain makes every figure NaN.
    """
    mean, variance = float(gains.mean()), float(gains.var(ddof=1))
    if variance == 0.0:
        t, p = 0.0, 1.0
    else:
        t = mean / math.sqrt(variance * (1 / len(gains) + 1 / (COMPARISON_FOLDS - 1)))
        p = float(student.sf(t, len(gains) - 1))
    return Comparison(tuple(gains.tolist()), mean, t, p)


def _block_t_test(gains: NDArray[np.float64]) -> Comparison:
    t, p = newey_west_t(gains)
    return Comparison(tuple(gains.tolist()), float(gains.mean()), t, p)
