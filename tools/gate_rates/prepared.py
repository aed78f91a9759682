"""One state of a simulated table as the trainer would see it: folds, sweeps, answers, figures."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import comparison_folds, comparison_parts, trial_folds
from rookery_trainer.data.rows import Rows
from rookery_trainer.gate.judged_rows import JudgedRows, of_one_fit
from rookery_trainer.gate.performance import Learned, learned
from rookery_trainer.gate.resampled_t_test import Comparison, compared
from rookery_trainer.gate.skill import Measure, measure_of
from tools.gate_rates.fits import AnyFit, Fit, Floats, Penalty, drawn_penalty
from tools.gate_rates.tables import Sample, Sides, Table
from tools.gate_rates.tree_fits import TreeFit

SPEC = ModelSpec.model_validate(
    {
        "spec": 2,
        "name": "simulated",
        "source": {"url": "file:///simulated.csv"},
        "columns": (
            {"name": "feature", "kind": "number"},
            {"name": "label", "kind": "category", "values": ("no", "yes")},
        ),
        "target": "label",
        "features": ("feature",),
        "estimator": "logistic_regression",
    }
)
"""Of which the folds take their number, their seed and the embargo."""


@dataclass(frozen=True)
class TestedFit:
    """A fit, and the training rows that it is tested on."""

    fit: AnyFit
    test: NDArray[np.intp]


class Prepared:
    """A table with its sides, on which any number of sweeps is run."""

    def __init__(self, table: Table, sides: Sides) -> None:
        self.table = table
        self.training = sides.training
        self.holdout = sides.holdout
        self.measure: Measure = measure_of(table.classes, "squared", sides.training.truth)

    @cached_property
    def constant(self) -> Floats:
        """What loses least on the training rows."""
        return self.measure.constant(self.training.truth)

    @cached_property
    def constant_loss(self) -> float:
        """What that loses on them, per row."""
        truth = self.training.truth
        return float(self.measure.constant_losses(truth, self.constant).mean())

    @cached_property
    def whole(self) -> AnyFit:
        """The fit to all training rows."""
        return fit_of(self.table, self.training)

    def sweep(self, generator: np.random.Generator) -> Penalty:
        """Finds the best of the table's trials by cross-validation."""
        drawn = (drawn_penalty(generator) for _ in range(self.table.trials))
        return min(drawn, key=self._loss)

    def learned(self, penalty: Penalty) -> Learned:
        """Finds out what that configuration has learned, as the gate does."""
        truth = self.training.truth
        answers = np.zeros((len(truth), *self.constant.shape))
        strata = np.full(len(truth), -1, dtype=np.intp)
        for number, each in enumerate(self._trial_fits):
            answers[each.test] = self._answers(each, penalty)
            strata[each.test] = number
        tested = strata >= 0
        rows = JudgedRows(
            truth, self.table.classes, strata, self.training.groups, self.training.moments
        )
        held = self.holdout
        return learned(
            self.measure,
            rows.take(tested),
            answers[tested],
            of_one_fit(held.truth, self.table.classes, held.groups, held.moments),
            self.whole.answers(held.features, penalty),
            trials=self.table.trials,
            rejected=0,
        )

    def compared(self, challenger: Penalty, champion: Penalty) -> Comparison:
        """Compares two configurations on these rows, as the gate does."""
        gains = [
            float(
                (
                    self._losses(each, self._answers(each, champion))
                    - self._losses(each, self._answers(each, challenger))
                ).mean()
            )
            for each in self._comparison_fits
        ]
        return compared(np.array(gains), self._rows)

    def _loss(self, penalty: Penalty) -> float:
        means = [self._losses(e, self._answers(e, penalty)).mean() for e in self._trial_fits]
        return float(np.mean(means))

    def _answers(self, each: TestedFit, penalty: Penalty) -> Floats:
        return each.fit.answers(self.training.features[each.test], penalty)

    def _losses(self, each: TestedFit, answers: Floats) -> Floats:
        return self.measure.losses(self.training.truth[each.test], answers)

    @cached_property
    def _rows(self) -> Rows:
        return rows_of(self.table, self.training)

    @cached_property
    def _trial_fits(self) -> list[TestedFit]:
        return [self._tested(*fold) for fold in trial_folds(SPEC, self._rows)]

    @cached_property
    def _comparison_fits(self) -> list[TestedFit]:
        return [
            self._tested(*fold)
            for part in range(comparison_parts(self._rows))
            for fold in comparison_folds(SPEC, self._rows, part)
        ]

    def _tested(self, training: NDArray[np.intp], test: NDArray[np.intp]) -> TestedFit:
        return TestedFit(fit_of(self.table, self.training.take(training)), test)


def fit_of(table: Table, sample: Sample) -> AnyFit:
    """Makes a fit of the table's learner to the rows."""
    if table.learner == "closed form":
        return Fit(sample.features, sample.truth, table.classes)
    return TreeFit(table.learner, sample.features, sample.truth, table.classes)


def rows_of(table: Table, sample: Sample) -> Rows:
    """Makes the sample's rows as folds see them."""
    number = len(sample)
    labels = sample.truth.astype(np.intp) if table.classes else np.zeros(number, dtype=np.intp)
    return Rows(
        features=pd.DataFrame(index=range(number)),
        labels=labels,
        keys=np.zeros(number, dtype="V1"),
        values=None if table.classes else sample.truth.astype(np.float64),
        groups=sample.groups,
        moments=sample.moments,
    )
