"""The model spec: the one home of every domain fact of a model."""

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from rookery_core.frozen import Frozen
from rookery_core.spec.column_checks import check_columns
from rookery_core.spec.columns import (
    CategoryColumn,
    Column,
    ColumnName,
    NumberColumn,
    folded,
)
from rookery_core.spec.distributions import Distribution
from rookery_core.spec.estimators import EstimatorName, check_search_space

ModelName = Annotated[str, Field(pattern=r"^[a-z](-?[a-z0-9])*$", max_length=30)]
RESERVED_MODEL_NAMES = frozenset({"batches", "quarantine"})
"""Names that no model may have: tables of all models have them."""
MetricName = Literal["accuracy", "balanced_accuracy", "macro_f1", "log_loss"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Fraction = Annotated[float, Field(gt=0, lt=1)]

OUTPUT = "probabilities"
"""The name of a served model's output; no feature may have it."""


class Source(Frozen):
    """Where the CSV comes from."""

    url: Annotated[str, Field(pattern=r"^(package:|file:|https?://|s3://).+")]
    """`file:PATH`, `https://...`, `http://...`, `s3://BUCKET/KEY`, or `package:NAME` for a file
    that ships with Rookery."""
    sha256: Sha256 | None = None
    """The content's SHA-256; another content is refused. Unchecked where absent."""
    max_bytes: Annotated[int, Field(gt=0)] = 4 * 1024**3
    """The largest source accepted, in bytes."""
    max_bad_fraction: Annotated[float, Field(ge=0, lt=1)] = 0.05
    """The share of rows that may be quarantined before the whole batch is refused."""


class Holdout(Frozen):
    """Which rows no trial ever sees; a hash of their features decides."""

    fraction: Fraction = 0.2
    """The expected share of rows held out."""
    salt: Annotated[str, Field(min_length=1)] = "1"
    """What the hash is salted with; chosen on class counts alone, never on scores."""


class Gate(Frozen):
    """When a challenger replaces the champion."""

    policy: Literal["superior", "always"] = "superior"
    """`superior`: only on evidence; `always`: each sweep's best, as in a workshop."""
    margin: Fraction = 0.05
    """Balanced accuracy a first champion needs above chance; on other data, the mean log loss
    on the hold-out by which a challenger may be worse."""
    min_effect: Annotated[float, Field(ge=0)] = 0.02
    """Mean cross-validated log loss a challenger must gain on the same data."""
    floor: Fraction = 0.10
    """How far the recall of any class may fall on the hold-out."""


class ModelSpec(Frozen):
    """One model: its data, its features, its search and its gate."""

    name: ModelName
    """Names the registered model, the tables, the route and the Kubernetes objects."""
    title: str = ""
    """What people call the model; the name where empty."""
    description: str = ""
    """What the model predicts from what, in a sentence."""
    source: Source
    columns: Annotated[tuple[Column, ...], Field(min_length=2, max_length=200)]
    null_tokens: tuple[str, ...] = ("", "NA", "null")
    """Texts that mean "missing" in every column; case and space do not count."""
    key: tuple[ColumnName, ...] = ()
    """Columns that identify a row; the whole content does where empty."""
    target: ColumnName
    features: Annotated[tuple[ColumnName, ...], Field(min_length=1)]
    estimator: EstimatorName
    search_space: Annotated[dict[str, Distribution], Field(min_length=1)]
    """Estimator parameters and the distributions they are drawn from."""
    trials: Annotated[int, Field(ge=1, le=1000)] = 20
    """Distinct configurations of a sweep."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """With a sweep's ordinal, seeds everything random in the sweep."""
    folds: Annotated[int, Field(ge=2, le=20)] = 5
    """Folds of the stratified cross-validation of each trial."""
    metric: MetricName = "balanced_accuracy"
    """The headline metric of reports and cards; selection is by log loss."""
    holdout: Holdout = Holdout()
    gate: Gate = Gate()
    log_models: Literal["best", "all"] = "best"
    """Which trials are logged as MLflow models."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.name in RESERVED_MODEL_NAMES:
            raise ValueError(f"name: {self.name!r} names a table of all models; choose another")
        names = [column.name for column in self.columns]
        _no_repeats("columns", names)
        _no_repeats("features", list(self.features))
        _no_repeats("key", list(self.key))
        headers = [key for column in self.columns for key in sorted(column.header_names)]
        _no_repeats("columns: names and aliases", headers)
        for place, listed in (("features", self.features), ("key", self.key)):
            for position, name in enumerate(listed):
                if name not in names:
                    raise ValueError(
                        f"{place}[{position}]: {name!r} is not a column; columns: {names}"
                    )
        if self.target not in names:
            raise ValueError(f"target: {self.target!r} is not a column; columns: {names}")
        target = self.column(self.target)
        if not isinstance(target, CategoryColumn) or len(target.values) < 2:
            raise ValueError(f"target: {self.target!r} must be a category with at least two values")
        if self.target in self.features:
            raise ValueError(f"features: the target {self.target!r} cannot be a feature")
        if OUTPUT in self.features:
            raise ValueError(
                f"features: {OUTPUT!r} is what a model answers; give the column another name"
            )
        check_columns(self.columns, self.null_tokens)
        check_search_space(self.estimator, self.search_space)
        return self

    def column(self, name: str) -> NumberColumn | CategoryColumn:
        """Returns the column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def feature_columns(self) -> tuple[NumberColumn | CategoryColumn, ...]:
        """Returns the features' columns, in the order of `features`."""
        return tuple(self.column(name) for name in self.features)

    @property
    def classes(self) -> tuple[str, ...]:
        """Returns the target's labels, in the order of every probability vector."""
        target = self.column(self.target)
        assert isinstance(target, CategoryColumn)
        return target.values

    @property
    def digest(self) -> str:
        """Returns the SHA-256 of the whole spec, independent of the YAML's layout."""
        return _digest(self.model_dump(mode="json"))

    @property
    def table_digest(self) -> str:
        """Returns the SHA-256 of what shapes the processed table.

        That is columns but for their titles, null tokens and key.
        """
        shape = self.model_dump(
            mode="json",
            include={"columns", "null_tokens", "key"},
            exclude={"columns": {"__all__": {"title"}}},
        )
        return _digest(shape)

    @property
    def null_keys(self) -> frozenset[str]:
        """Returns the spec's null tokens in the form in which cells are compared."""
        return frozenset(folded(token) for token in self.null_tokens)


def _no_repeats(place: str, names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"{place}: {repeated} stand more than once; name each once")


def _digest(value: dict[str, Any]) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
