"""What has to be true of folds by group or by time, so that a fit is possible in each."""

import numpy as np

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import Fold, comparison_folds, comparison_parts, trial_folds
from rookery_trainer.data.rows import Rows

LEAST_GROUPS = 30
"""With fewer groups the error of the comparison with the champion is not known."""
LEAST_BLOCKS = 2


def fold_findings(spec: ModelSpec, training: Rows) -> list[str]:
    """Finds what makes folds of the training rows useless; nothing where they are by hash."""
    if training.groups is not None:
        return _of_groups(spec, training)
    return _of_time(spec, training) if training.moments is not None else []


def _of_groups(spec: ModelSpec, training: Rows) -> list[str]:
    assert training.groups is not None
    groups = len(np.unique(training.groups))
    if groups < LEAST_GROUPS:
        return [
            f"the training rows of {spec.name!r} have {groups} different values of "
            f"{spec.holdout.column!r}, at least {LEAST_GROUPS} groups are needed to tell models "
            "apart; ingest more groups, or set holdout: {by: hash} where the rows of a group are "
            "not alike"
        ]
    if all(_fits(training, fold) for fold in trial_folds(spec, training)):
        return []
    if training.values is not None:
        return [_one_value(spec)]
    return [
        f"a class of {spec.name!r} has rows in so few values of {spec.holdout.column!r} that a "
        "fold has one class alone; lower folds, or ingest rows of more groups"
    ]


def _of_time(spec: ModelSpec, training: Rows) -> list[str]:
    folds = list(trial_folds(spec, training))
    blocks = [
        fold
        for part in range(comparison_parts(training))
        for fold in comparison_folds(spec, training, part)
    ]
    column = spec.holdout.column
    if min(len(folds), len(blocks)) < LEAST_BLOCKS:
        return [
            f"the training rows of {spec.name!r} are of too few different times of {column!r}, or "
            f"the embargo is too long: {len(folds)} folds have rows before them; ingest rows of a "
            "longer time, or shorten holdout.embargo"
        ]
    if all(_fits(training, fold) for fold in [*folds, *blocks]):
        return []
    if training.values is not None:
        return [_one_value(spec)]
    return [
        f"the first training rows of {spec.name!r} by {column!r} are all of one class, so that "
        "models of that time cannot be compared with what came after; lower folds, or ingest rows "
        "of a longer time"
    ]


def _one_value(spec: ModelSpec) -> str:
    return (
        f"{spec.target!r} of {spec.name!r} is the same number in all rows on which a model of one "
        f"fold would be fitted (folds by {spec.holdout.column!r}); lower folds, or ingest more rows"
    )


def _fits(training: Rows, fold: Fold) -> bool:
    """Tells whether a fold's training rows have two classes, or two values of a number."""
    targets = training.labels if training.values is None else training.values
    fitted = targets[fold[0]]
    return bool((fitted != fitted[0]).any())
