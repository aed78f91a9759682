"""Simulated retrains: what the gate does with challengers whose true worth is known.

Penguins are drawn from known distributions, so that a model's true log loss can be measured on as
many fresh ones as one likes. Each function is one experiment, a function of its number alone.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from tests.unit.trainer.support.penguins import drawn_rows, fitted, parted, shuffled, species_spec

from rookery_core.spec.distributions import LogUniform, ParameterValue
from rookery_core.spec.gate import Gate
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import Fold, trial_folds
from rookery_trainer.data.rows import Rows
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.gate.contenders import Challenger, Champion
from rookery_trainer.gate.decision import Decision
from rookery_trainer.gate.gate import decide
from rookery_trainer.gate.resampled_t_test import (
    Repeat,
    compare,
    fold_losses,
    splits,
)
from rookery_trainer.model.evaluation import evaluate_holdout
from rookery_trainer.model.mapper import Result, Task
from rookery_trainer.model.pipeline import probabilities
from rookery_trainer.model.scores import Scores, over_folds, row_losses, score
from rookery_trainer.model.search_space import configurations
from rookery_trainer.model.trial import Configuration

ROWS = 344
FRESH = 20_000
GATE = Gate()


@dataclass(frozen=True)
class Retrain:
    """What came of a retrain."""

    promoted: bool
    true_gain: float
    """Log loss on fresh rows: the champion's less the challenger's."""

    @property
    def false(self) -> bool:
        """Whether a challenger was promoted that is not truly better."""
        return self.promoted and self.true_gain <= 0


@dataclass(frozen=True)
class FittedConfiguration:
    """A fitted configuration, and what its cross-validation said."""

    configuration: Configuration
    pipeline: Pipeline
    cross_validated: float


def search_spec(trials: int) -> ModelSpec:
    """Makes a spec of a logistic regression that searches its penalty."""
    spec = species_spec("logistic_regression", {"C": 1.0})
    space = {"C": LogUniform(distribution="loguniform", a=0.01, b=100.0)}
    return spec.model_copy(update={"search_space": space, "trials": trials})


def penguins(spec: ModelSpec, number: int) -> Snapshot:
    """Draws the snapshot of experiment `number`."""
    return parted(spec, drawn_rows(spec, ROWS, np.random.default_rng([1, number])), seed=number)


def quick_probabilities(
    rows: Rows, fold: Fold, penalty: ParameterValue, seed: int
) -> NDArray[np.float64]:
    """Returns what the pipeline of a logistic regression answers for the fold's test rows.

    Without its frames and checks, which take nine tenths of the time of such small fits.
    """
    training, test = fold
    numbers = rows.features.to_numpy(dtype=np.float64)
    mean, deviation = numbers[training].mean(axis=0), numbers[training].std(axis=0)
    numbers = (numbers - mean) / deviation
    model = LogisticRegression(C=penalty, max_iter=1000, random_state=seed)
    model.fit(numbers[training], rows.labels[training])
    told: NDArray[np.float64] = model.predict_proba(numbers[test])
    return told


def quick_losses(repeat: Repeat) -> tuple[float, ...]:
    """Returns what `fold_losses` does, for complete rows and a logistic regression."""
    penalty = repeat.configuration.parameters["C"]
    return tuple(
        float(
            row_losses(
                repeat.rows.labels[fold[1]],
                quick_probabilities(repeat.rows, fold, penalty, repeat.seed),
            ).mean()
        )
        for fold in splits(repeat)
    )


def quick_map(function: Callable[[Task], Result], repeats: Iterable[Task], /) -> Iterable[Result]:
    """Maps like `map`, with the quick losses in the place of the comparison's own."""
    assert function is fold_losses
    quick = cast("Callable[[Task], Result]", quick_losses)
    return map(quick, repeats)


def quick_scores(snapshot: Snapshot, configuration: Configuration, seed: int) -> Scores:
    """Returns what `cross_validate` does."""
    rows, penalty = snapshot.training, configuration.parameters["C"]
    return over_folds(
        [
            score(rows.labels[fold[1]], quick_probabilities(rows, fold, penalty, seed))
            for fold in trial_folds(snapshot.spec, rows)
        ]
    )


def fit_configuration(
    snapshot: Snapshot, configuration: Configuration, seed: int
) -> FittedConfiguration:
    """Fits that configuration."""
    scores = quick_scores(snapshot, configuration, seed)
    pipeline = fitted(snapshot, configuration.parameters, seed)
    return FittedConfiguration(configuration, pipeline, scores.balanced_accuracy.mean)


def best_of_sweep(snapshot: Snapshot, ordinal: int) -> FittedConfiguration:
    """Finds the best configuration of a sweep, and fits it."""
    drawn = islice(configurations(snapshot.spec, ordinal), snapshot.spec.trials)
    best = min(
        drawn,
        key=lambda configuration: quick_scores(snapshot, configuration, ordinal).log_loss.mean,
    )
    return fit_configuration(snapshot, best, ordinal)


def decision_on(
    snapshot: Snapshot, challenger: FittedConfiguration, champion: FittedConfiguration | None
) -> Decision:
    """Lets the gate decide; a champion was trained on the same data."""
    spec = snapshot.spec

    def evaluated(one: FittedConfiguration) -> Challenger:
        told = probabilities(one.pipeline, spec, snapshot.holdout.features)
        return Challenger(evaluate_holdout(snapshot.holdout.labels, told), one.cross_validated)

    serving = None
    if champion:
        comparison = compare(
            spec,
            snapshot.training,
            challenger.configuration,
            champion.configuration,
            seed=1,
            mapper=quick_map,
        )
        serving = Champion("1", evaluated(champion).evaluation, comparison)
    return decide(evaluated(challenger), serving, GATE)


def retrain(
    snapshot: Snapshot, challenger: FittedConfiguration, champion: FittedConfiguration
) -> Retrain:
    """Retrains on the champion's own data."""
    fresh = drawn_rows(snapshot.spec, FRESH, np.random.default_rng(0))
    losses = [
        row_losses(fresh.labels, probabilities(one.pipeline, snapshot.spec, fresh.features)).mean()
        for one in (champion, challenger)
    ]
    promoted = decision_on(snapshot, challenger, champion).promote
    return Retrain(promoted, float(losses[0] - losses[1]))


def between(number: int, champion: float, challenger: float) -> Retrain:
    """Retrains from one penalty to another."""
    snapshot = penguins(search_spec(1), number)
    return retrain(
        snapshot,
        fit_configuration(snapshot, Configuration("logistic_regression", {"C": challenger}), 1),
        fit_configuration(snapshot, Configuration("logistic_regression", {"C": champion}), 1),
    )


def noise(number: int) -> Retrain:
    """Retrains between two penalties that make no difference."""
    return between(number, 12.0, 6.0)


def better(number: int) -> Retrain:
    """Retrains with a penalty that truly lowers the log loss, by 0.08 on average."""
    return between(number, 0.15, 6.0)


def worse(number: int) -> Retrain:
    """Retrains the other way round, to the penalty that is truly worse."""
    return between(number, 6.0, 0.15)


def another_sweep(number: int, trials: int = 20) -> Retrain:
    """Retrains with the best trials of two sweeps on the same data."""
    snapshot = penguins(search_spec(trials), number)
    return retrain(snapshot, best_of_sweep(snapshot, 1), best_of_sweep(snapshot, 0))


def chain(number: int, retrains: int, trials: int = 20) -> Iterator[Retrain]:
    """Retrains again and again on one data set; what is promoted becomes the champion."""
    snapshot = penguins(search_spec(trials), number)
    champion = best_of_sweep(snapshot, 0)
    for ordinal in range(1, retrains + 1):
        challenger = best_of_sweep(snapshot, ordinal)
        result = retrain(snapshot, challenger, champion)
        yield result
        if result.promoted:
            champion = challenger


def shuffled_labels(number: int, trials: int = 20) -> bool:
    """Tells whether a sweep over shuffled labels ends in a first champion."""
    spec = search_spec(trials)
    generator = np.random.default_rng([2, number])
    rows = shuffled(drawn_rows(spec, ROWS, generator), generator)
    snapshot = parted(spec, rows, seed=number)
    return decision_on(snapshot, best_of_sweep(snapshot, 0), None).promote


def whole_chain(number: int, retrains: int) -> list[Retrain]:
    """Collects a chain's retrains."""
    return list(chain(number, retrains))
