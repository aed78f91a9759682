"""Rows in a file that several processes map into their memory: one copy, whatever their number."""

import pickle
from dataclasses import dataclass, field, fields
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from rookery_trainer.data.rows import Rows

_ALIGNED = 64


def shared(rows: Rows, folder: Path) -> Rows:
    """Writes the rows into the folder, and returns them as mapped from there: not to be changed.

    Who pickles them pickles a path. The folder must be there as long as anybody unpickles that.
    """
    place = Path(mkdtemp(dir=folder))
    buffers: list[pickle.PickleBuffer] = []
    parts = {each.name: getattr(rows, each.name) for each in fields(Rows)}
    head = pickle.dumps(parts, protocol=5, buffer_callback=buffers.append)
    spans = []
    with (place / "content").open("wb") as content:
        content.write(bytes(_ALIGNED))  # an empty file could not be mapped
        for buffer in buffers:
            with buffer.raw() as bytes_:
                spans.append((content.tell(), bytes_.nbytes))
                content.write(bytes_)
                content.write(bytes(-bytes_.nbytes % _ALIGNED))
    (place / "head").write_bytes(pickle.dumps((head, spans)))
    return _attached(place)


@lru_cache(maxsize=2)
def _attached(place: Path) -> Rows:
    """Maps rows into memory; the same ones for all that one process unpickles."""
    # A file that this program has written, in a folder that is closed to others.
    head, spans = pickle.loads((place / "head").read_bytes())  # noqa: S301
    with (place / "content").open("rb") as content:
        whole = memoryview(mmap(content.fileno(), 0, access=ACCESS_READ))
    parts: dict[str, Any] = pickle.loads(  # noqa: S301
        head, buffers=[whole[start : start + size] for start, size in spans]
    )
    rows = _MappedRows(**parts)
    object.__setattr__(rows, "place", place)
    return rows


@dataclass(frozen=True)
class _MappedRows(Rows):
    """Rows that are pickled as the place where they are; rows made of them are ordinary ones."""

    place: Path | None = field(init=False, default=None)

    def __reduce__(self) -> Any:
        return super().__reduce__() if self.place is None else (_attached, (self.place,))
