"""A check of a file against a spec: what ingest would do with each row, without any server."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rookery_core.errors import Refused
from rookery_core.spec.columns import BooleanColumn, CategoryColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.records import Records
from rookery_ingest.parsing.source_records import record_form, source_records
from rookery_ingest.profile.file_blocks import blocks_of, require_file
from rookery_ingest.rows.reasons import kind_of
from rookery_ingest.rows.rows import BadRow, RowReader, Rows
from rookery_ingest.rows.values import MISSING_CODE, TRUTHS

SAMPLES = 3
"""Bad rows of each kind that are kept."""


@dataclass
class DataCheck:
    """What the rows of a file are to a spec."""

    rows: int = 0
    quarantined: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """Bad rows by what is wrong with them."""
    samples: dict[str, list[BadRow]] = field(default_factory=dict)
    """The first bad rows of each kind."""
    outside: Counter[str] = field(default_factory=Counter)
    """Rows that are loaded with a number outside of its range, by column."""
    without_target: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    """Rows by label of the target; none where it is a number."""

    def add(self, spec: ModelSpec, rows: Rows, bad: list[BadRow]) -> None:
        """Counts some rows."""
        self.rows += len(rows) + len(bad)
        self.quarantined += len(bad)
        for each in bad:
            kind = kind_of(each.reason)
            self.reasons[kind] += 1
            kept = self.samples.setdefault(kind, [])
            if len(kept) < SAMPLES:
                kept.append(each)
        for column in spec.columns:
            if isinstance(column, NumberColumn) and column.range and column.out_of_range == "warn":
                values = rows.columns[column.name]
                assert isinstance(values, np.ndarray)
                low, high = column.range
                outside = int(np.count_nonzero((values < low) | (values > high)))
                if outside:
                    self.outside[column.name] += outside
        self._count_labels(spec, rows)

    def _count_labels(self, spec: ModelSpec, rows: Rows) -> None:
        target = spec.column(spec.target)
        codes = rows.columns[spec.target]
        assert isinstance(codes, np.ndarray)
        if isinstance(target, NumberColumn):
            self.without_target += int(np.count_nonzero(np.isnan(codes)))
            return
        assert isinstance(target, CategoryColumn | BooleanColumn)
        labels = target.labels if isinstance(target, CategoryColumn) else TRUTHS
        counts = np.bincount(codes.astype(np.int64), minlength=len(labels) + 1)
        self.without_target += int(counts[MISSING_CODE])
        for label, count in zip(labels, counts[1:].tolist(), strict=True):
            self.labels[label] += count


def check_data(spec: ModelSpec, path: Path) -> DataCheck:
    """Reads a file as ingest would read the spec's source.

    Raises:
        Refused: all of it would be refused.
    """
    require_file(path)
    form = record_form(spec)
    used = sorted({name for column in spec.columns for name in column.header_names})
    found = DataCheck()
    reader: RowReader | None = None
    for each in source_records(blocks_of(path, used), spec, path.name):
        records = each
        if reader is None:
            reader = RowReader(spec, records.texts[0], path.name, form)
            records = Records(records.lines[1:], records.texts[1:])
        if records.texts:
            found.add(spec, *reader.read(records))
    if reader is None:
        raise Refused(f"{path} is empty; give a table with a header")
    return found
