"""Which keys need `spec: 2`: without it a spec means what it meant in the first release."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rookery_core.spec.columns import AnyColumn, BooleanColumn, CategoryColumn, DatetimeColumn
from rookery_core.spec.estimators import SEARCHABLE
from rookery_core.spec.task import MetricName

if TYPE_CHECKING:
    from rookery_core.spec.model_spec import ModelSpec

_OF_SPEC = (
    *("extra_columns", "ignore", "csv", "default_null_tokens", "rare"),
    *("weight", "class_weight"),
    *("loss", "transform", "select_by", "max_search_rows", "estimators", "calibrate"),
    *("monotone", "decision", "interval"),
)
_OF_SOURCE = ("mode", "query", "credentials")
_OF_HOLDOUT = ("by", "column", "embargo")
_OF_COLUMN = (
    *("out_of_range", "integer", "offset"),
    *("max_values", "unknown", "ordered", "encoding"),
)
NEW_KEYS = (*_OF_SPEC, *_OF_SOURCE, *_OF_HOLDOUT, *_OF_COLUMN)
"""All of them, wherever they stand."""
FIRST_METRICS: tuple[MetricName, ...] = ("accuracy", "balanced_accuracy", "macro_f1", "log_loss")
MAX_FIRST_COLUMNS = 200
MAX_FIRST_VALUES = 1_000


def check_first_version(spec: "ModelSpec") -> None:
    """Checks that a spec without `spec: 2` has no key, and no value, that came with it.

    Raises:
        ValueError: it has; names the first ones.
    """
    new = list(_new_keys(spec))
    if new:
        more = f" (and {len(new) - 3} more)" if len(new) > 3 else ""
        raise ValueError("; ".join(new[:3]) + more + "; add the line spec: 2, or leave that out")
    # What the first release said itself, in its words.
    if "estimator" not in spec.model_fields_set:
        raise ValueError("estimator: Field required (under `spec: 2` it is auto where absent)")
    if "search_space" not in spec.model_fields_set:
        raise ValueError("search_space: Field required (under `spec: 2` an estimator has its own)")
    if len(spec.columns) > MAX_FIRST_COLUMNS:
        raise ValueError(
            f"columns: at most {MAX_FIRST_COLUMNS} without `spec: 2`, not {len(spec.columns)}"
        )


def check_second_version(spec: "ModelSpec") -> None:
    """Checks that a spec with `spec: 2` has no key that only means something without it.

    Raises:
        ValueError: it has one; names the key, and what to write instead.
    """
    margin = type(spec.gate).model_fields["margin"].default
    if spec.gate.margin != margin:
        raise ValueError(
            "gate.margin: under spec: 2 a challenger from other data keeps nine tenths of the "
            "champion's skill, whatever the margin; leave margin out"
        )


def _new_keys(spec: "ModelSpec") -> Iterator[str]:
    """Says of each new key that it is one."""
    yield from map(_needs, sorted(spec.model_fields_set & {*_OF_SPEC}))
    if "metric" in spec.model_fields_set and spec.metric not in FIRST_METRICS:
        yield _needs("metric", spec.metric)
    is_new = any(SEARCHABLE[name].since > 1 for name in spec.candidates)
    if "estimator" in spec.model_fields_set and is_new:
        yield _needs("estimator", spec.estimator)
    if len(spec.candidates) == 1:
        new = SEARCHABLE[spec.candidates[0]].new_parameters
        yield from (_needs(f"search_space.{name}") for name in sorted(new & set(spec.search_space)))
    yield from (
        _needs(f"source.{key}") for key in _OF_SOURCE if key in spec.source.model_fields_set
    )
    if spec.source.is_postgresql:
        yield _needs("source.url", "postgresql://")
    yield from (
        _needs(f"holdout.{key}") for key in _OF_HOLDOUT if key in spec.holdout.model_fields_set
    )
    for position, column in enumerate(spec.columns):
        yield from _new_column_keys(f"columns[{position}]", column)


def _new_column_keys(place: str, column: AnyColumn) -> Iterator[str]:
    if isinstance(column, BooleanColumn | DatetimeColumn):
        yield _needs(f"{place}.kind", column.kind)
        return
    yield from (_needs(f"{place}.{key}") for key in _OF_COLUMN if key in column.model_fields_set)
    if isinstance(column, CategoryColumn):
        if column.is_open:
            yield _needs(f"{place}.values", "any")
        if len(column.labels) > MAX_FIRST_VALUES:
            yield _needs(f"{place}.values", f"more than {MAX_FIRST_VALUES} labels")
    elif column.range is None:
        yield _needs(f"{place}.range", "to leave it out")


def _needs(key: str, value: str = "") -> str:
    return f"{key}: needs `spec: 2`" + (f" ({value})" if value else "")
