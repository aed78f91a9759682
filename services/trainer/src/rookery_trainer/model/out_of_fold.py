"""Out-of-fold answers: what models say of training rows that they were not fitted to.

Each row is answered by the fit of the fold that tests it, as in a trial's cross-validation. By time
the earliest rows are tested by no fold.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import Fold, trial_folds
from rookery_trainer.data.rows import Rows
from rookery_trainer.model.answers import answers
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.mapper import Mapper
from rookery_trainer.model.trial import Configuration

UNTESTED = -1
"""The fold of a row that no fold tests."""


@dataclass(frozen=True)
class OutOfFold:
    """The answers of one configuration on the trial's folds."""

    answers: NDArray[np.float64]
    """Probabilities [N, classes], or values [N]; NaN for a row that no fold tests."""
    fold: NDArray[np.intp]
    """[N] the fold that tests each row, from 0; `UNTESTED` where none does."""

    @property
    def tested(self) -> NDArray[np.bool_]:
        """[N] whether a fold tests the row."""
        found: NDArray[np.bool_] = self.fold != UNTESTED
        return found


@dataclass(frozen=True)
class FoldTask:
    """The fit of one fold: the work of one process."""

    spec: ModelSpec
    rows: Rows
    configuration: Configuration
    seed: int
    fold: Fold


def out_of_fold(
    spec: ModelSpec, rows: Rows, configuration: Configuration, seed: int, mapper: Mapper
) -> OutOfFold:
    """Answers the training `rows` by fits of the configuration on the trial's folds.

    With the trial's seed these are the answers that the trial was scored on. The mapper does not
    matter.
    """
    folds = list(trial_folds(spec, rows))
    told = list(mapper(_answers, [FoldTask(spec, rows, configuration, seed, f) for f in folds]))
    found = np.full((len(rows), *told[0].shape[1:]), np.nan)
    numbers = np.full(len(rows), UNTESTED, dtype=np.intp)
    for number, ((_, test), answered) in enumerate(zip(folds, told, strict=True)):
        found[test] = answered
        numbers[test] = number
    return OutOfFold(found, numbers)


def _answers(task: FoldTask) -> NDArray[np.float64]:
    training, test = task.fold
    fitted = fit_rows(task.spec, task.rows.take(training), task.configuration, task.seed)
    return answers(fitted, task.spec, task.rows.take(test).features)
