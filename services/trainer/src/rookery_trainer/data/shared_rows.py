"""Rows in a file that several processes map into their memory: one copy, whatever their number."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from mmap import ACCESS_READ, MADV_DONTNEED, mmap
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, RangeIndex

from rookery_trainer.data.rows import Rows

_ALIGNED = 64

_Head = tuple[bytes, list[tuple[int, int]]]
"""What pickle makes of an object without its arrays, and where each of these begins, and its
bytes."""


def shared(rows: Rows, folder: Path) -> Rows:
    """Writes the rows into the folder, and returns them as mapped from there: not to be changed.

    Who pickles them pickles a path. The folder must be there as long as anybody unpickles that.
    """
    place = Path(mkdtemp(dir=folder))
    others = [each.name for each in fields(Rows) if each.name != "features"]
    with (place / "content").open("wb") as content:
        content.write(bytes(_ALIGNED))  # an empty file could not be mapped
        # One at a time: pickle copies texts, and each copy is gone before the next.
        columns = {name: _written(content, rows.features[name]) for name in rows.features}
        parts = {name: _written(content, getattr(rows, name)) for name in others}
    (place / "heads").write_bytes(pickle.dumps((columns, parts)))
    return _attached(place)


def _written(content: BinaryIO, part: object) -> _Head:
    """Writes the arrays of an object."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(part, protocol=5, buffer_callback=buffers.append)
    spans = []
    for buffer in buffers:
        with buffer.raw() as bytes_:
            spans.append((content.tell(), bytes_.nbytes))
            content.write(bytes_)
            content.write(bytes(-bytes_.nbytes % _ALIGNED))
    return head, spans


@lru_cache(maxsize=2)
def _attached(place: Path) -> Rows:
    """Maps rows into memory; the same ones for all that one process unpickles."""
    # A file that this program has written, in a folder that is closed to others.
    columns, parts = pickle.loads((place / "heads").read_bytes())  # noqa: S301
    with (place / "content").open("rb") as content:
        mapping = mmap(content.fileno(), 0, access=ACCESS_READ)
    whole = memoryview(mapping)
    others = _mapped(parts, whole)
    index = RangeIndex(len(others["keys"]))
    rows = _MappedRows(DataFrame(_mapped(columns, whole), index=index, copy=False), **others)
    object.__setattr__(rows, "place", place)
    object.__setattr__(rows, "mapping", mapping)
    return rows


def _mapped(heads: Mapping[str, _Head], whole: memoryview) -> dict[str, Any]:
    """Makes the objects again, whose arrays are those of the file."""
    return {
        name: pickle.loads(head, buffers=[whole[start : start + size] for start, size in spans])  # noqa: S301
        for name, (head, spans) in heads.items()
    }


@dataclass(frozen=True)
class _MappedRows(Rows):
    """Rows that are pickled as the place where they are; rows made of them are ordinary ones."""

    place: Path | None = field(init=False, default=None)
    mapping: mmap | None = field(init=False, default=None)

    def take(self, positions: NDArray[np.intp]) -> Rows:
        """Selects rows as copies; what had to be read of the file for them leaves memory again."""
        taken = super().take(positions)
        if self.mapping is not None:
            self.mapping.madvise(MADV_DONTNEED)
        return taken

    def __reduce__(self) -> Any:
        return super().__reduce__() if self.place is None else (_attached, (self.place,))
