"""The first deal: the sides of a table's first batch, dealt by the program as its rows go by.

All rows go by, and none has a side yet: the server would have to read them once more, and sort them
twice. The rule is that of `dealing`, which deals every other batch.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rookery_core.database.sides import sides_table
from rookery_core.database.tables import IDENTITY, has_identity
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.rare_classes import stratum_of
from rookery_ingest.load.pg_copy import Copy
from rookery_ingest.load.sums import halves
from rookery_ingest.rows.row_hash import HASH_BYTES
from rookery_ingest.rows.row_hashes import Hashes
from rookery_ingest.rows.rows import Rows
from rookery_ingest.rows.text_fields import text_fields, untyped
from rookery_ingest.rows.values import MISSING_CODE

MOST_ROWS = 2**21
"""The most rows of which the program holds the identities: 18 bytes each, and some 70 more while
they are dealt. A larger batch is dealt by the server."""
_PIECE_ROWS = 16_384
_PARTS = 16
_NUMBERS = {"scheme": ">i8", "held": "u1", "batch": ">i8", "rows": ">i8"}


@dataclass(frozen=True, slots=True)
class Dealt:
    """Identities [N] with their sides, in the order of their hashes."""

    hashes: NDArray[np.void]
    rows: NDArray[np.int64]
    """How many rows each has."""
    strata: NDArray[np.int16]
    """The place of its stratum; the lowest, where its rows are of several."""
    held: NDArray[np.bool_]


class FirstDeal:
    """The identities of the rows of a first batch, as they go by."""

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        strata = [stratum_of(spec.rare, label) for label in spec.target_labels]
        # The order of the database's collation "C", in which an identity's stratum is the least.
        self._labels = sorted(set(strata), key=str.encode)
        places = {label: place for place, label in enumerate(self._labels, MISSING_CODE + 1)}
        self._places = np.array([0, *map(places.__getitem__, strata)], np.int16)
        self._seen: list[NDArray[np.void]] = []
        self._strata: list[NDArray[np.int16]] = []
        self._count = 0
        # A row with a key may have a later version in the batch, and goes by for nothing.
        self.is_whole = has_identity(spec) and not spec.key and bool(self._labels)
        """Whether all rows that went by are remembered."""

    def add(self, rows: Rows, hashes: Hashes) -> None:
        """Remembers the rows that have a target, unless there are too many."""
        if not self.is_whole:
            return
        codes = rows.columns[self._spec.target]
        assert isinstance(codes, np.ndarray)
        known = codes != MISSING_CODE
        self._count += int(known.sum())
        if self._count > MOST_ROWS:
            self.is_whole = False
            self._seen.clear()
            self._strata.clear()
            return
        self._seen.append(hashes[IDENTITY][known])
        strata = self._places[codes[known]]
        # A group has rows of several classes, and is dealt among all.
        self._strata.append(np.zeros_like(strata) if self._is_by_group else strata)

    def deal(self) -> Dealt:
        """Gives each identity a side."""
        assert self.is_whole
        hashes = np.concatenate([np.empty(0, f"V{HASH_BYTES}"), *self._seen])
        strata = np.concatenate([np.empty(0, np.int16), *self._strata])
        self._seen.clear()
        self._strata.clear()
        return dealt(hashes, strata, self._spec.holdout.fraction)

    def into(self) -> Copy:
        """Returns where sides go."""
        return Copy(
            sides_table(self._spec),
            ("scheme", "identity", "held", "batch", "rows", "stratum"),
            "BINARY",
        )

    def encoded(self, sides: Dealt, scheme: int, batch: int) -> Iterator[bytes]:
        """Yields the rows of the table of sides, some at a time."""
        texts = [""] if self._is_by_group else self._labels
        fields, lengths = text_fields([text.encode() for text in texts])
        layout: list[tuple[str, str]] = [("fields", ">i2")]
        for name in self.into().columns[:-1]:
            layout += [(f"{name} size", ">i4"), (name, _NUMBERS.get(name, f"V{HASH_BYTES}"))]
        row = np.zeros(1, np.dtype([*layout, ("stratum", fields.dtype.str)]))
        row["fields"], row["scheme"], row["batch"] = len(self.into().columns), scheme, batch
        for name, kind in layout[2::2]:
            row[f"{name} size"] = np.dtype(kind).itemsize
        for start in range(0, len(sides.rows), _PIECE_ROWS):
            some = slice(start, start + _PIECE_ROWS)
            packed = np.repeat(row, len(sides.rows[some]))
            packed["identity"], packed["rows"] = sides.hashes[some], sides.rows[some]
            packed["held"] = sides.held[some]
            codes = sides.strata[some] + self._is_by_group
            packed["stratum"] = fields[codes]
            kept = np.ones(packed.nbytes, np.bool_)
            kept.view(untyped(packed.dtype))["stratum"] = lengths[codes]
            yield packed.view(np.uint8)[kept].tobytes()

    @property
    def _is_by_group(self) -> bool:
        return self._spec.holdout.by == "group"


def dealt(hashes: NDArray[np.void], strata: NDArray[np.int16], fraction: float) -> Dealt:
    """Deals the identities [N] of rows, among those of each stratum by themselves."""
    # Part by part, in the order of the hashes: to sort all at once takes more memory.
    part = hashes.view(np.uint8).reshape(-1, HASH_BYTES)[:, 0] // (256 // _PARTS)
    parts = [_merged(hashes[part == n], strata[part == n]) for n in range(_PARTS)]
    merged, rows, strata = (np.concatenate(each) for each in zip(*parts, strict=True))
    held = np.zeros(len(rows), np.bool_)
    by_stratum = np.argsort(strata, kind="stable")
    ends = np.flatnonzero(np.diff(strata[by_stratum])) + 1
    for mine in np.split(by_stratum, ends):
        held[mine] = _held(rows[mine], fraction)
    return Dealt(merged, rows, strata, held)


def _merged(
    hashes: NDArray[np.void], strata: NDArray[np.int16]
) -> tuple[NDArray[np.void], NDArray[np.int64], NDArray[np.int16]]:
    """Returns each identity once, in the order of the hashes, with its rows and its stratum."""
    high, low = halves(hashes).T
    order = np.lexsort((low, high))
    high, low, strata = high[order], low[order], strata[order]
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
    first = np.flatnonzero(is_new)
    rows = np.diff(first, append=len(order))
    if len(first):
        strata = np.minimum.reduceat(strata, first)
    return hashes[order[first]], rows, strata


def _held(rows: NDArray[np.int64], fraction: float) -> NDArray[np.bool_]:
    """Tells which identities with so many rows, in their order, are held out.

    What is larger than the hold-out's share goes to the training rows, unless nothing smaller is
    there; of the others, each is held out while half of it still fits.
    """
    if not len(rows):
        return np.zeros(0, np.bool_)
    wanted = fraction * float(rows.sum())
    is_small = rows <= max(wanted, float(rows.min()))
    before = np.cumsum(np.where(is_small, rows, 0)) - rows
    return is_small & (before + rows / 2 <= wanted)
