"""What the keys of a spec say of each other: each check names the key, and the remedy."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rookery_core.spec.column_names import OUTPUT
from rookery_core.spec.columns import (
    BooleanColumn,
    CategoryColumn,
    DatetimeColumn,
    NumberColumn,
    folded,
)
from rookery_core.spec.rare_classes import check_rare

if TYPE_CHECKING:
    from rookery_core.spec.model_spec import ModelSpec

_SHOWN = 50


def check_references(spec: "ModelSpec") -> None:
    """Checks that columns are named once, and that what names a column names a fitting one.

    Raises:
        ValueError: it doesn't; names the key, and what to write instead.
    """
    names = [column.name for column in spec.columns]
    _no_repeats("columns", names)
    _no_repeats("features", spec.features)
    _no_repeats("key", spec.key)
    headers = [key for column in spec.columns for key in sorted(column.header_names)]
    _no_repeats("columns: names and aliases", headers)
    known = set(names)
    for place, listed in (("features", spec.features), ("key", spec.key)):
        for position, name in enumerate(listed):
            if name not in known:
                raise ValueError(f"{place}[{position}]: {_no_column(name, names)}")
    if spec.target not in known:
        raise ValueError(f"target: {_no_column(spec.target, names)}")
    _check_target(spec)
    if spec.target in spec.features:
        raise ValueError(f"features: the target {spec.target!r} cannot be a feature")
    if OUTPUT in spec.features:
        raise ValueError(
            f"features: {OUTPUT!r} is what a model answers; give the column another name"
        )
    _check_weight(spec, names)
    _check_ignored(spec, set(headers))
    _check_holdout(spec, names)
    if spec.csv.model_fields_set and (spec.source.is_postgresql or spec.source.is_parquet):
        raise ValueError(f"csv: the source {spec.source.url!r} is not a CSV; leave csv out")


def _check_target(spec: "ModelSpec") -> None:
    target = spec.column(spec.target)
    fault = None
    match target:
        case NumberColumn() if spec.spec == 2:
            return
        case DatetimeColumn():
            fault = (
                "is a datetime, which cannot be predicted; choose a number, a boolean or a category"
            )
        case CategoryColumn(is_open=True):
            fault = (
                "has values: any, and the labels of a target have to be listed, for they are the "
                "classes of every answer; write values: [LABEL, ...]"
            )
        case CategoryColumn() if target.ordered or target.encoding != "onehot":
            key = "ordered" if target.ordered else "encoding"
            fault = f"has {key}, which says how a feature enters the model; leave it out"
        case CategoryColumn() if len(target.labels) >= 2:
            pass
        case BooleanColumn():
            pass
        case _:
            fault = "must be a category with at least two values"
    if fault:
        raise ValueError(f"target: {spec.target!r} {fault}")
    check_rare(spec.rare, spec.target_labels)


def _check_weight(spec: "ModelSpec", names: list[str]) -> None:
    name = spec.weight
    if name is None:
        return
    if name not in names:
        raise ValueError(f"weight: {_no_column(name, names)}")
    roles = {"the target": (spec.target,), "part of the key": spec.key, "a feature": spec.features}
    for role, named in roles.items():
        if name in named:
            raise ValueError(
                f"weight: {name!r} is {role}; a weight only says how much its row counts: name "
                "another column, or take it out there"
            )
    column = spec.column(name)
    fault = None
    if not isinstance(column, NumberColumn):
        fault = f"{name!r} is a {column.kind}; name a column of kind number"
    elif spec.bounds(column)[1] <= 0:
        fault = f"the range of {name!r} holds nothing above 0; widen it"
    if fault:
        raise ValueError(f"weight: {fault}")


def _check_ignored(spec: "ModelSpec", headers: set[str]) -> None:
    ignored = [folded(header) for header in spec.ignore]
    _no_repeats("ignore", ignored)
    for position, header in enumerate(ignored):
        if header in headers:
            raise ValueError(
                f"ignore[{position}]: {spec.ignore[position]!r} is a column of the spec; take it "
                "out of columns or out of ignore"
            )


def _check_holdout(spec: "ModelSpec", names: list[str]) -> None:
    name = spec.holdout.column
    if name is None:
        return
    if name not in names:
        raise ValueError(f"holdout.column: {_no_column(name, names)}")
    if name == spec.target:
        raise ValueError("holdout.column: the target cannot decide it; name another column")
    if spec.holdout.by == "time" and not isinstance(spec.column(name), DatetimeColumn):
        raise ValueError(
            f"holdout.column: by: time needs a column of kind datetime, and {name!r} is a "
            f"{spec.column(name).kind}"
        )


def _no_column(name: str, names: list[str]) -> str:
    if len(names) <= _SHOWN:
        return f"{name!r} is not a column; columns: {names}"
    return f"{name!r} is not a column; the first {_SHOWN} of {len(names)} columns: {names[:_SHOWN]}"


def _no_repeats(place: str, names: Iterable[str]) -> None:
    repeated = sorted(name for name, times in Counter(names).items() if times > 1)
    if repeated:
        raise ValueError(f"{place}: {repeated} stand more than once; name each once")
