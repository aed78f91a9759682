"""Keys of a spec that say what is trained: features, estimators, and how trials are compared."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_serializer,
)

from rookery_core.spec.columns import AnyColumn, ColumnName
from rookery_core.spec.distributions import Distribution
from rookery_core.spec.estimators import (
    AUTO,
    CLASS_WEIGHT,
    SEARCHABLE,
    EstimatorChoice,
    EstimatorName,
)
from rookery_core.spec.feature_choice import FEATURES_SCHEMA, chosen_features
from rookery_core.spec.monotone import Monotone
from rookery_core.spec.target_keys import TargetKeys
from rookery_core.spec.task import (
    OF_LABELS,
    Calibrate,
    MetricName,
    Task,
    default_metric,
    default_selection,
    task_of_valid,
)

MAX_SEARCH_ROWS = 100_000


def _own_search_space(valid: Mapping[str, Any]) -> dict[str, Distribution]:
    """Returns the search space of the spec's estimator; none where the estimator is at fault."""
    if valid["estimator"] == AUTO or valid["estimators"]:
        return {}
    return default_space(
        valid["estimator"], task_of_valid(valid), fixed_classes=valid["class_weight"] is not None
    )


def default_space(
    estimator: EstimatorName, task: Task, *, fixed_classes: bool
) -> dict[str, Distribution]:
    """Returns what an estimator's parameters are drawn from where a spec names no search space.

    Args:
        fixed_classes: the weights of classes are not drawn.
    """
    space = SEARCHABLE[estimator].space_for(task)
    return {
        name: each for name, each in space.items() if not (fixed_classes and name == CLASS_WEIGHT)
    }


class TrainingKeys(TargetKeys):
    """The features, the estimators and their search, and the metrics of their trials."""

    features: Annotated[
        tuple[ColumnName, ...], Field(min_length=1), WithJsonSchema(FEATURES_SCHEMA)
    ]
    """The columns that the model sees, in this order. Under `spec: 2` also `all`, or
    `{except: [COLUMN, ...]}`: all columns but the target, the key, the weight, and those."""
    estimator: EstimatorChoice = AUTO
    """What is trained; `auto`: every estimator that has a form for the target is tried. That is so
    where it is absent, too. `auto` needs `spec: 2`."""
    estimators: Annotated[
        tuple[EstimatorName, ...], Field(exclude_if=lambda estimators: not estimators)
    ] = ()
    """In place of `estimator`, several that are tried: each first as it is by default, then with
    parameters drawn from its own search space. Needs `spec: 2`."""
    monotone: Annotated[
        Monotone, Field(default_factory=dict, exclude_if=lambda monotone: not monotone)
    ]
    """Features with which answers never fall (`increasing`) or never rise (`decreasing`), all else
    being equal: the number, or the probability of the positive one of two classes (the one that
    `decision` names, or else the second). Needs `spec: 2`."""
    search_space: Annotated[
        dict[str, Distribution], Field(min_length=1, default_factory=_own_search_space)
    ]
    """Estimator parameters and the distributions they are drawn from. Under `spec: 2` each
    estimator has its own where this is absent; several estimators have only those."""
    trials: Annotated[int, Field(ge=1, le=1000)] = 20
    """Distinct configurations of a sweep."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """With a sweep's ordinal, seeds everything random in the sweep."""
    max_search_rows: Annotated[
        int, Field(ge=1_000, exclude_if=lambda rows: rows == MAX_SEARCH_ROWS)
    ] = MAX_SEARCH_ROWS
    """Training rows on which trials are compared, at most: of more, a sample that keeps the shares
    of the classes; of a table with very many columns fewer. The best trial is fitted to all. Needs
    `spec: 2`."""
    folds: Annotated[int, Field(ge=2, le=20)] = 5
    """Folds of the cross-validation of each trial, stratified by the target."""
    metric: Annotated[MetricName, Field(default_factory=default_metric)]
    """The headline metric of reports and cards: `balanced_accuracy` where absent, or `rmse` of a
    number. Of classes also `accuracy`, `macro_f1`, `log_loss` and, under `spec: 2`, `roc_auc` and
    `average_precision`; of a number also `mae` and `r2`."""
    select_by: Annotated[MetricName, Field(default_factory=default_selection)]
    """The cross-validated metric that selects the best trial: `log_loss` where absent; of a number
    `rmse`, or `mae` with `loss: absolute`. Needs `spec: 2`."""
    calibrate: Annotated[Calibrate, Field(exclude_if=lambda calibrate: calibrate == "auto")] = (
        "auto"
    )
    """Whether the best trial's probabilities are calibrated on its out-of-fold answers: `auto`:
    where their log loss falls by more than its standard error; `none`: never. Needs `spec: 2`."""

    @field_validator("features", mode="before")
    @classmethod
    def _features(cls, value: Any, info: ValidationInfo) -> Any:
        return chosen_features(value, info.data)

    @model_serializer(mode="wrap")
    def _without_default_selection(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leaves out the metric that selects where it is the default one: digests stay.

        What several estimators have none of is left out too.
        """
        dumped: dict[str, Any] = dump(self)
        if self.estimators:
            dumped.pop("estimator", None)
        if not self.search_space:
            dumped.pop("search_space", None)
        if self.select_by == default_selection(dict(self)):
            dumped.pop("select_by", None)
        return dumped

    @property
    def candidates(self) -> tuple[EstimatorName, ...]:
        """Returns the estimators that a sweep may try."""
        if self.estimators:
            return self.estimators
        if self.estimator != AUTO:
            return (self.estimator,)
        return tuple(
            name
            for name, each in SEARCHABLE.items()
            if self.task in each.tasks
            and (each.weighted or not self.weighing_keys)
            and (each.monotone or not self.monotone)
        )

    @property
    def weighing_keys(self) -> tuple[str, ...]:
        """Names the keys by which rows count more than others in a fit."""
        found = {"weight": self.weight is not None, CLASS_WEIGHT: self.class_weight == "balanced"}
        return tuple(key for key, is_given in found.items() if is_given)

    def space_of(self, estimator: EstimatorName) -> dict[str, Distribution]:
        """Returns what the parameters of one of several estimators are drawn from.

        Weights of classes make probabilities worse: they are drawn only where labels alone count.
        """
        of_labels = self.class_weight is None and self.select_by in OF_LABELS
        return default_space(estimator, self.task, fixed_classes=not of_labels)

    @property
    def feature_columns(self) -> tuple[AnyColumn, ...]:
        """Returns the features' columns, in the order of `features`."""
        by_name = {column.name: column for column in self.columns}
        return tuple(by_name[name] for name in self.features)

    @property
    def may_be_calibrated(self) -> bool:
        """Tells whether the model's probabilities are calibrated where that helps."""
        return self.spec == 2 and self.task == "classification" and self.calibrate == "auto"
