"""Frames: as a file for ingest, and as instances for the API, each value written the same way."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, SupportsFloat

import pandas as pd

from rookery_core.errors import Refused
from rookery_core.spec.cells import CellReader, Invalid
from rookery_core.spec.columns import folded
from rookery_core.spec.model_spec import ModelSpec

Instance = dict[str, str | float | bool | None]
"""A row as the API takes it."""


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Writes the frame as CSV, without its index; whoever reads the file sees a whole one.

    Numbers are written so that the same number is read, moments as ISO 8601, truth values as
    `true` and `false`, and what is missing as nothing.

    Raises:
        Refused: its columns have several levels, or it has no rows.
    """
    if frame.columns.nlevels > 1:
        raise Refused("the columns of the frame have several levels; give each one name")
    if frame.empty:
        raise Refused("the frame has no rows; give one with rows")
    whole = path.with_name(f".{path.name}.new")
    as_text(frame).to_csv(whole, index=False, lineterminator="\n", encoding="utf-8")
    whole.replace(path)


def require_frame(table: object) -> None:
    """Checks that it is a frame.

    Raises:
        Refused: it is something else.
    """
    if not isinstance(table, pd.DataFrame):
        kind = type(table).__name__
        raise Refused(f"rows are given as a pandas DataFrame, not as a {kind}")


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Returns the frame with moments and truth values as texts; numbers and texts stay."""
    return frame.assign(
        **{name: _as_text(frame[name]) for name in frame.columns if _is_odd(frame[name])}
    )


def instances(
    frame: pd.DataFrame, features: Sequence[Mapping[str, Any]], spec: ModelSpec
) -> Iterator[Instance]:
    """Yields each row as the API takes it, in the frame's order.

    A feature is found by its name, or by another header that means it, in any case; other columns
    are left out, and so is an optional feature that is no column of the frame. Texts are read as
    ingest reads the spec's source.

    Raises:
        Refused: it is no frame; two columns mean the same feature; or none means one that no row
            may lack.
    """
    require_frame(frame)
    known = {column.name: column for column in spec.columns}
    columns = {}
    for feature in features:
        column = known.get(feature["name"])
        names = column.header_names if column else {folded(feature["name"])}
        found = [name for name in frame.columns if folded(str(name)) in names]
        if len(found) > 1:
            raise Refused(f"the columns {found} mean the same feature; leave one")
        reader = CellReader(spec, column) if column else None
        for name in found:
            columns[feature["name"]] = _values(frame[name], feature["kind"], reader)
    lacking = [
        feature["name"]
        for feature in features
        if feature["name"] not in columns and not feature["optional"]
    ]
    if lacking:
        raise Refused(
            f"the frame has no column for {', '.join(lacking)}; give it those, each by its name in "
            "the spec or in the file it was made from"
        )
    for row in zip(*columns.values(), strict=True) if columns else ({} for _ in frame.index):
        yield dict(zip(columns, row, strict=True))


def _values(column: "pd.Series[Any]", kind: str, reader: CellReader | None) -> list[Any]:
    """Lists the values of a column for a feature of that kind; None where one is missing."""
    return [
        None if gone else _value(each, kind, reader)
        for each, gone in zip(column.astype(object), column.isna(), strict=True)
    ]


def _value(value: object, kind: str, reader: CellReader | None) -> str | float | bool | None:
    if kind == "number" and isinstance(value, SupportsFloat) and not isinstance(value, str):
        return float(value)
    text = str(_text(value))
    cell = reader.read(text) if reader else text
    if isinstance(cell, Invalid):
        # The API says why.
        return text
    return cell.isoformat() if isinstance(cell, datetime) else cell


def _is_odd(column: "pd.Series[Any]") -> bool:
    return not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)


def _as_text(column: "pd.Series[Any]") -> "pd.Series[Any]":
    return column.astype(object).map(_text, na_action="ignore")


def _text(value: object) -> object:
    """Writes a moment or a truth value; returns anything else as it is."""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "true" if value else "false"
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat is not None else value
