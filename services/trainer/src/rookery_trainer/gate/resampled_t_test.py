"""The corrected resampled t-test: is one configuration's log loss truly lower than another's?

Training sets of different folds share most of their rows, so the plain variance of the folds'
means is far too small; the correction adds the ratio of test to training rows (Nadeau and Bengio,
Inference for the Generalization Error, Machine Learning 52, 2003; Bouckaert and Frank, Evaluating
the Replicability of Significance Tests, PAKDD 2004, for the repeated form).
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student
from sklearn.model_selection import StratifiedKFold

from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import COMPARISON_FOLDS
from rookery_trainer.data.snapshot import Rows
from rookery_trainer.model.cross_validation import Fold, fit_rows
from rookery_trainer.model.pipeline import probabilities
from rookery_trainer.model.scores import row_losses
from rookery_trainer.model.trial import Parameters

REPEATS = 10


@dataclass(frozen=True)
class Configuration:
    """What is compared: an estimator and its parameters, not a fitted model."""

    estimator: EstimatorName
    parameters: Parameters


@dataclass(frozen=True)
class Comparison:
    """The challenger's gain over the champion in mean log loss, fold by fold."""

    gains: tuple[float, ...]
    """Champion's log loss less the challenger's, of each of the 50 folds."""
    mean_gain: float
    t: float
    p: float
    """One-sided: how likely such a gain is where there is none; 1 where all folds are equal."""


@dataclass(frozen=True)
class Repeat:
    """One repeat of the cross-validation of one configuration: the work of one process."""

    spec: ModelSpec
    rows: Rows
    configuration: Configuration
    seed: int
    number: int
    """Which repeat, 0 to `REPEATS - 1`."""


Mapper = Callable[
    [Callable[[Repeat], tuple[float, ...]], Iterable[Repeat]], Iterable[tuple[float, ...]]
]
"""The built-in `map`, or the `map` of a pool of processes: results in the order of the tasks."""


def compare(
    spec: ModelSpec,
    rows: Rows,
    challenger: Configuration,
    champion: Configuration,
    *,
    seed: int,
    mapper: Mapper,
) -> Comparison:
    """Fits and scores both configurations on the same 50 folds of `rows`, and compares them.

    The folds depend on the spec's seed and the rows alone, and both sides use the same `seed`: two
    equal configurations gain exactly nothing.
    """
    if challenger == champion:
        return corrected_t_test(np.zeros(COMPARISON_FOLDS * REPEATS))
    tasks = [
        Repeat(spec, rows, configuration, seed, number)
        for configuration in (challenger, champion)
        for number in range(REPEATS)
    ]
    losses = np.concatenate([np.asarray(result) for result in mapper(fold_losses, tasks)])
    return corrected_t_test(
        losses[COMPARISON_FOLDS * REPEATS :] - losses[: COMPARISON_FOLDS * REPEATS]
    )


def fold_losses(repeat: Repeat) -> tuple[float, ...]:
    """Returns the mean log loss of each fold of one repeat; NaN where fitting fails.

    Fitting may fail for lack of rows: these folds are not those of the trial.
    """
    spec = repeat.spec.model_copy(update={"estimator": repeat.configuration.estimator})
    return tuple(_loss(repeat, spec, training, test) for training, test in splits(repeat))


def splits(repeat: Repeat) -> Iterator[Fold]:
    """Yields the positions of the training and test rows of the repeat's folds.

    They do not depend on the configuration.
    """
    (state,) = np.random.SeedSequence([repeat.spec.seed, repeat.number]).generate_state(1)
    splitter = StratifiedKFold(COMPARISON_FOLDS, shuffle=True, random_state=int(state))
    yield from splitter.split(np.empty((len(repeat.rows), 0)), repeat.rows.labels)


def _loss(
    repeat: Repeat, spec: ModelSpec, training: NDArray[np.intp], test: NDArray[np.intp]
) -> float:
    parameters, unseen = repeat.configuration.parameters, repeat.rows.take(test)
    try:
        pipeline = fit_rows(spec, repeat.rows.take(training), parameters, repeat.seed)
        told = probabilities(pipeline, spec, unseen.features)
    except ValueError:
        return math.nan
    return float(row_losses(unseen.labels, told).mean())


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
    return Comparison(gains=tuple(float(gain) for gain in gains), mean_gain=mean, t=t, p=p)
