"""The model spec: the one home of every domain fact of a model."""

import hashlib
import json
import sys
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_serializer,
    model_validator,
)

from rookery_core.frozen import Frozen
from rookery_core.spec import rare_classes
from rookery_core.spec.column_checks import check_columns
from rookery_core.spec.columns import (
    FALSE,
    TRUE,
    AnyColumn,
    BooleanColumn,
    CategoryColumn,
    Column,
    ColumnName,
    NumberColumn,
    folded,
)
from rookery_core.spec.consistency import check_references
from rookery_core.spec.distributions import Distribution
from rookery_core.spec.estimators import (
    AUTO,
    SEARCHABLE,
    EstimatorChoice,
    EstimatorName,
    check_estimators,
    check_search_space,
)
from rookery_core.spec.feature_choice import FEATURES_SCHEMA, chosen_features
from rookery_core.spec.holdout import Fraction, Holdout
from rookery_core.spec.rare_classes import Rare
from rookery_core.spec.second_version import check_first_version, check_second_version
from rookery_core.spec.source import CsvDialect, Source
from rookery_core.spec.task import (
    Calibrate,
    Loss,
    MetricName,
    Task,
    Transform,
    check_task,
    default_metric,
    default_selection,
    task_of,
    task_of_valid,
)

ModelName = Annotated[str, Field(pattern=r"^[a-z](-?[a-z0-9])*$", max_length=30)]
RESERVED_MODEL_NAMES = frozenset({"batches", "quarantine"})
"""Names that no model may have: tables of all models have them."""
MAX_SEARCH_ROWS = 200_000
DEFAULT_NULL_TOKENS = ("", "NA", "null")
ABOVE_ZERO = sys.float_info.min
"""The smallest number of which a logarithm is taken."""
_PLAIN_CSV = CsvDialect()
_NOT_OF_THE_TABLE = frozenset(
    {
        *("title", "description", "unit", "example"),
        *("optional", "offset", "unknown", "max_values", "origin"),
    }
)
"""Keys of a column that change no row of the processed table."""


def _own_search_space(valid: Mapping[str, Any]) -> dict[str, Distribution]:
    """Returns the search space of the spec's estimator; none where the estimator is at fault."""
    if valid["estimator"] == AUTO or valid["estimators"]:
        return {}
    return dict(SEARCHABLE[valid["estimator"]].space_for(task_of_valid(valid)))


class Gate(Frozen):
    """When a challenger replaces the champion."""

    policy: Literal["superior", "always"] = "superior"
    """`superior`: only on evidence; `always`: each sweep's best, as in a workshop."""
    margin: Fraction = 0.05
    """Balanced accuracy a first champion needs above chance; on other data, the mean log loss
    on the hold-out by which a challenger may be worse. Without `spec: 2` alone: under it what a
    first champion needs, and what a challenger from other data keeps, are fixed."""
    min_effect: Annotated[float, Field(ge=0)] = 0.02
    """Mean cross-validated log loss a challenger must gain on the same data; under `spec: 2` the
    gain as a share of what a constant answer loses."""
    floor: Fraction = 0.10
    """How far the recall of any class may fall on the hold-out."""


class ModelSpec(Frozen):
    """One model: its data, its features, its search and its gate."""

    spec: Annotated[Literal[1, 2], Field(exclude_if=lambda version: version == 1)] = 1
    """The version of these rules. Without `spec: 2` they are those of the first release."""
    name: ModelName
    """Names the registered model, the tables, the route and the Kubernetes objects."""
    title: str = ""
    """What people call the model; the name where empty."""
    description: str = ""
    """What the model predicts from what, in a sentence."""
    source: Source
    csv: Annotated[CsvDialect, Field(exclude_if=lambda csv: csv == _PLAIN_CSV)] = _PLAIN_CSV
    """How the source's texts are written, where it is a CSV. Needs `spec: 2`."""
    extra_columns: Annotated[
        Literal["keep", "refuse"] | None, Field(exclude_if=lambda value: value is None)
    ] = None
    """What becomes of columns of the source that the spec does not list: `keep`: they stay in raw
    data and are named once in the log; `refuse`: the source is refused. `keep` where absent under
    `spec: 2`; without `spec: 2` always `refuse`."""
    ignore: Annotated[tuple[str, ...], Field(exclude_if=lambda ignore: not ignore)] = ()
    """Headers of columns of the source that are used for nothing, and named nowhere; case and space
    do not count. Needs `spec: 2`."""
    columns: Annotated[tuple[Column, ...], Field(min_length=2, max_length=2_000)]
    null_tokens: tuple[str, ...] = DEFAULT_NULL_TOKENS
    """Texts that mean "missing" in every column; case and space do not count. Under `spec: 2` they
    add to the default ones."""
    default_null_tokens: Annotated[bool, Field(exclude_if=lambda value: value is True)] = True
    """Whether `""`, `NA` and `null` mean "missing" under `spec: 2`, whatever `null_tokens` are."""
    key: tuple[ColumnName, ...] = ()
    """Columns that identify a row; the whole content does where empty."""
    target: ColumnName
    rare: Annotated[Rare, Field(exclude_if=lambda rare: rare == "refuse")] = "refuse"
    """What becomes of labels of the target that too few rows have: `refuse`: nothing is trained;
    `{merge: [LABEL, ...], into: LABEL}`; or `{drop: [LABEL, ...]}`. Needs `spec: 2`."""
    loss: Annotated[Loss, Field(exclude_if=lambda loss: loss == "squared")] = "squared"
    """Of a target that is a number, what a model keeps small: `squared` errors, which mean values
    do, or `absolute` ones, which medians do. Needs `spec: 2`."""
    transform: Annotated[Transform, Field(exclude_if=lambda to: to == "none")] = "none"
    """Of a target that is a number, what a model is trained on: the number itself (`none`), or its
    logarithm (`log`); a row with a number that is not above 0 is put in quarantine then. Answers
    are the number itself. Needs `spec: 2`."""
    features: Annotated[
        tuple[ColumnName, ...], Field(min_length=1), WithJsonSchema(FEATURES_SCHEMA)
    ]
    """The columns that the model sees, in this order. Under `spec: 2` also `all`, or
    `{except: [COLUMN, ...]}`: all columns but the target, the key, and those."""
    estimator: EstimatorChoice = AUTO
    """What is trained; `auto`: every estimator that has a form for the target is tried. That is so
    where it is absent, too. `auto` needs `spec: 2`."""
    estimators: Annotated[
        tuple[EstimatorName, ...], Field(exclude_if=lambda estimators: not estimators)
    ] = ()
    """In place of `estimator`, several that are tried: each first as it is by default, then with
    parameters drawn from its own search space. Needs `spec: 2`."""
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
    of the classes. The best trial is fitted to all. Needs `spec: 2`."""
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
    holdout: Holdout = Holdout()
    gate: Gate = Gate()
    log_models: Literal["best", "all"] = "best"
    """Which trials are logged as MLflow models."""

    @field_validator("spec", mode="before")
    @classmethod
    def _whole(cls, version: object) -> object:
        """Refuses what Python calls equal to a whole number: true and 1.0."""
        if type(version) in (bool, float):
            raise ValueError("write 1 or 2")
        return version

    @field_validator("columns", mode="after")
    @classmethod
    def _never_optional(
        cls, columns: tuple[AnyColumn, ...], info: ValidationInfo
    ) -> tuple[AnyColumn, ...]:
        """Says of a first-version spec's columns if they are optional, as the first release did."""
        if info.data.get("spec") != 1:
            return columns
        return tuple(
            column.model_copy(update={"optional": False}) if column.optional is None else column
            for column in columns
        )

    @field_validator("features", mode="before")
    @classmethod
    def _features(cls, value: Any, info: ValidationInfo) -> Any:
        return chosen_features(value, info.data)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.name in RESERVED_MODEL_NAMES:
            raise ValueError(f"name: {self.name!r} names a table of all models; choose another")
        if self.spec == 1:
            check_first_version(self)
        else:
            check_second_version(self)
        check_references(self)
        check_task(self)
        check_columns(self.columns, self.all_null_tokens, self.target)
        self._check_estimators()
        return self

    def _check_estimators(self) -> None:
        """Checks the estimators, and the search space that one of them may have.

        Raises:
            ValueError: they do not fit the target, or each other.
        """
        if self.estimators and "estimator" in self.model_fields_set:
            raise ValueError("estimators: stands in place of estimator; leave one of both out")
        if self.estimators:
            check_estimators(self.estimators, self.task)
        if self.estimators or self.estimator == AUTO:
            if "search_space" in self.model_fields_set:
                raise ValueError(
                    "search_space: several estimators have only their own; name one estimator, or "
                    "leave it out"
                )
        else:
            check_search_space(self.estimator, self.search_space, self.task)

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
        return tuple(name for name, each in SEARCHABLE.items() if self.task in each.tasks)

    def column(self, name: str) -> AnyColumn:
        """Returns the column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def feature_columns(self) -> tuple[AnyColumn, ...]:
        """Returns the features' columns, in the order of `features`."""
        by_name = {column.name: column for column in self.columns}
        return tuple(by_name[name] for name in self.features)

    @property
    def task(self) -> Task:
        """Returns whether the model predicts classes or numbers."""
        return task_of(self.column(self.target))

    def bounds(self, column: NumberColumn) -> tuple[float, float]:
        """Returns the smallest and largest number that a row may hold there, both included.

        A target of which a model sees the logarithm is above 0.
        """
        low, high = column.bounds
        if self.transform == "log" and column.name == self.target:
            low = max(low, ABOVE_ZERO)
        return low, high

    @property
    def target_labels(self) -> tuple[str, ...]:
        """Returns the labels that the target's column may hold; none of a number."""
        target = self.column(self.target)
        if isinstance(target, NumberColumn):
            return ()
        if isinstance(target, BooleanColumn):
            return FALSE, TRUE
        assert isinstance(target, CategoryColumn)
        return target.labels

    @property
    def classes(self) -> tuple[str, ...]:
        """Returns the target's classes, in the order of every probability vector.

        There are none where the target is a number.
        """
        return rare_classes.classes_after(self.rare, self.target_labels)

    def class_of(self, label: str) -> str | None:
        """Returns the class of a label of the target; None if its rows are left out."""
        return rare_classes.class_of(self.rare, label)

    @property
    def may_be_calibrated(self) -> bool:
        """Tells whether the model's probabilities are calibrated where that helps."""
        return self.spec == 2 and self.task == "classification" and self.calibrate == "auto"

    @property
    def is_snapshot(self) -> bool:
        """Tells whether the table holds the last accepted source's rows, not those of all."""
        return self.spec == 2 and self.source.mode != "append"

    @property
    def keeps_extra_columns(self) -> bool:
        """Tells whether a source may hold columns that the spec does not list."""
        return self.spec == 2 and self.extra_columns != "refuse"

    @property
    def digest(self) -> str:
        """Returns the SHA-256 of the whole spec, independent of the YAML's layout."""
        return _digest(self.model_dump(mode="json"))

    @property
    def table_digest(self) -> str:
        """Returns the SHA-256 of what shapes the processed table.

        That is columns, null tokens and key; under `spec: 2` also the dialect, the source's mode,
        what gives each row its side, and what a target has to be above 0 for, and of the columns
        only what changes a row.
        """
        without = {"title"} if self.spec == 1 else set(_NOT_OF_THE_TABLE)
        shape = self.model_dump(
            mode="json",
            include={"spec", "columns", "csv", "null_tokens", "default_null_tokens", "key"},
            exclude={"columns": {"__all__": without}},
        )
        if self.spec == 2:
            shape |= {"snapshot": self.is_snapshot, "target": self.target, "sides": self.sides}
            if self.transform != "none":
                shape |= {"transform": self.transform}
        return _digest(shape)

    @property
    def sides(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Returns what gives each row its side under `spec: 2`.

        That is the hold-out, and the columns whose values belong to one side, sorted.
        """
        if self.holdout.column is not None:
            names: tuple[str, ...] = (self.holdout.column,)
        else:
            names = self.key or self.features
        return self.holdout.model_dump(mode="json"), tuple(sorted(names))

    @property
    def all_null_tokens(self) -> tuple[str, ...]:
        """Returns the texts that mean "missing" in every column."""
        if self.spec == 1 or not self.default_null_tokens:
            return self.null_tokens
        return tuple(dict.fromkeys((*DEFAULT_NULL_TOKENS, *self.null_tokens)))

    @property
    def null_keys(self) -> frozenset[str]:
        """Returns the spec's null tokens in the form in which cells are compared."""
        return frozenset(folded(token) for token in self.all_null_tokens)


def _digest(value: Mapping[str, Any]) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
