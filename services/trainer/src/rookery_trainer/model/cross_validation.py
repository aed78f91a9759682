"""Cross-validation of one configuration on the training rows."""

import numpy as np
from sklearn.pipeline import Pipeline

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import inner_folds, trial_folds
from rookery_trainer.data.learned_spec import with_labels
from rookery_trainer.data.rows import Rows
from rookery_trainer.estimators import ESTIMATORS
from rookery_trainer.model.pipeline import fit, fold_probabilities
from rookery_trainer.model.scores import Scores, over_folds, score
from rookery_trainer.model.trial import Configuration


def cross_validate(spec: ModelSpec, rows: Rows, configuration: Configuration, seed: int) -> Scores:
    """Scores a configuration over the spec's folds, fitting it on all folds but one each time.

    The folds depend on the spec and the rows alone: every trial of a sweep sees the same.
    """
    scores = []
    for training, test in trial_folds(spec, rows):
        fitted = fit_rows(spec, rows.take(training), configuration, seed)
        unseen = rows.take(test)
        scores.append(score(unseen.labels, fold_probabilities(fitted, spec, unseen.features)))
    return over_folds(scores)


def fit_rows(spec: ModelSpec, rows: Rows, configuration: Configuration, seed: int) -> Pipeline:
    """Fits the configuration to all `rows`, from which it learns the labels of open categories."""
    closed = with_labels(spec, rows.features)
    labels = np.array(spec.classes)[rows.labels]
    within = ESTIMATORS[configuration.estimator].folds_within
    return fit(
        closed,
        configuration,
        rows.features,
        labels,
        seed,
        inner_folds=inner_folds(rows, within, seed) if within else None,
    )
