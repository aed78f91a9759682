"""Cross-validation of one configuration on the training rows."""

from collections.abc import Callable

import numpy as np

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import encoding_folds, inner_folds, trial_folds
from rookery_trainer.data.learned_spec import with_labels
from rookery_trainer.data.rows import Rows
from rookery_trainer.data.stopping_rows import stopping_splits
from rookery_trainer.estimators import ESTIMATORS
from rookery_trainer.model.answers import FittedModel, answers
from rookery_trainer.model.feature_blocks import mean_columns
from rookery_trainer.model.pipeline import fit
from rookery_trainer.model.row_weights import fitted_weights
from rookery_trainer.model.scores import Score, over_folds, score
from rookery_trainer.model.target import centred_regressor, seen_values, with_pipeline
from rookery_trainer.model.trial import Configuration
from rookery_trainer.model.value_scores import (
    AnyScores,
    ValueScore,
    value_score,
    values_over_folds,
)


def cross_validate(
    spec: ModelSpec,
    rows: Rows,
    configuration: Configuration,
    seed: int,
    told: Callable[[int], None] | None = None,
) -> AnyScores:
    """Scores a configuration over the spec's folds, fitting it on all folds but one each time.

    The folds depend on the spec and the rows alone: every trial of a sweep sees the same.

    Args:
        told: is told the number of each fold, from 1, when it begins.
    """
    of_classes, of_values = list[Score](), list[ValueScore]()
    for number, (training, test) in enumerate(trial_folds(spec, rows), start=1):
        if told:
            told(number)
        fitted = fit_rows(spec, rows.take(training), configuration, seed)
        unseen = rows.take(test)
        answered = answers(fitted, spec, unseen.features)
        if spec.task == "regression":
            of_values.append(value_score(unseen.target_values, answered, unseen.weights))
        else:
            of_classes.append(score(unseen.labels, answered, unseen.weights))
    return values_over_folds(of_values) if of_values else over_folds(of_classes)


def fit_rows(
    spec: ModelSpec, rows: Rows, configuration: Configuration, seed: int, *, final: bool = False
) -> FittedModel:
    """Fits the configuration to all `rows`, from which it learns the labels of open categories.

    Args:
        final: whether the model is to be served: a boosted one of many rows is then worth a second
            fit, to those too by which the first one stopped, and one of few rows several divisions
            of them to stop by.
    """
    closed = with_labels(spec, rows.features)
    known = ESTIMATORS[configuration.estimator]
    splits = stopping_splits(spec, rows, seed, several=final) if known.boosted else ()
    encoding = encoding_folds(rows, seed) if mean_columns(spec) else None
    weights = fitted_weights(spec, rows, configuration)
    if spec.task == "regression":
        model = centred_regressor(spec, rows.target_values)
        seen = seen_values(model.transformer_, rows.target_values)
        pipeline = fit(
            closed,
            configuration,
            rows.features,
            seen,
            seed,
            encoding_folds=encoding,
            splits=splits,
            weights=weights,
            final=final,
        )
        return with_pipeline(model, pipeline)
    labels = np.array(spec.classes)[rows.labels]
    within = known.folds_within
    return fit(
        closed,
        configuration,
        rows.features,
        labels,
        seed,
        inner_folds=inner_folds(rows, within, seed) if within else None,
        encoding_folds=encoding,
        splits=splits,
        weights=weights,
        final=final,
    )
