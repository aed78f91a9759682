"""The model spec: the one home of every domain fact of a model."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import model_validator

from rookery_core.spec.column_checks import check_columns, fits_a_row
from rookery_core.spec.consistency import check_references
from rookery_core.spec.estimator_checks import check_spec_estimators
from rookery_core.spec.gate import Gate
from rookery_core.spec.holdout import Holdout
from rookery_core.spec.label_decision import check_decision
from rookery_core.spec.monotone import check_monotone
from rookery_core.spec.second_version import check_first_version, check_second_version
from rookery_core.spec.table_keys import RESERVED_MODEL_NAMES
from rookery_core.spec.task import check_task
from rookery_core.spec.training_keys import TrainingKeys

_NOT_OF_THE_TABLE = frozenset(
    {
        *("title", "description", "unit", "example"),
        *("optional", "offset", "unknown", "max_values", "origin", "ordered", "encoding"),
    }
)
"""Keys of a column that change no row of the processed table."""


class ModelSpec(TrainingKeys):
    """One model: its data, its features, its search and its gate."""

    holdout: Holdout = Holdout()
    gate: Gate = Gate()
    log_models: Literal["best", "all"] = "best"
    """Which trials are logged as MLflow models."""

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
        check_spec_estimators(self)
        check_monotone(self)
        check_decision(self)
        return self

    @property
    def digest(self) -> str:
        """Returns the SHA-256 of the whole spec, independent of the YAML's layout."""
        return _digest(self.model_dump(mode="json"))

    @property
    def table_digest(self) -> str:
        """Returns the SHA-256 of what shapes the processed table.

        That is columns, null tokens and key; under `spec: 2` also the dialect, the source's mode,
        what gives each row its side, what a target has to be above 0 for, and the weight, which is
        not below it, and of the columns only what changes a row.
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
            if self.weight is not None:
                shape |= {"weight": self.weight}
            if self.is_packed:
                shape |= {"packed": True}
        return _digest(shape)

    @property
    def is_packed(self) -> bool:
        """Tells whether a row is too large for a column of PostgreSQL's for each value."""
        return not fits_a_row(self.columns)

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


def _digest(value: Mapping[str, Any]) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
