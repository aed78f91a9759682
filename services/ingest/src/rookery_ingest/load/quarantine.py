"""Quarantine: the records of a batch that are no rows of its table, and why."""

from collections import Counter

from rookery_core.database.tables import quarantine
from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.pg_copy import Copy, CopyBuffer, escaped
from rookery_ingest.load.raw_batches import RawBatch
from rookery_ingest.load.raw_data import RawData
from rookery_ingest.rows.rows import BadRow

QUARANTINED_TEXT = 1000
"""Characters of a bad record that the quarantine keeps; raw data keeps them all."""
CONFLICT_CHUNK = 1000
"""Conflicting rows whose texts are read at once."""
_TABLE = Copy(quarantine, ("model", "batch", "line", "reason", "text"), "TEXT")


class Quarantine:
    """The bad rows of one batch, up to the share that the spec allows."""

    def __init__(self, buffer: CopyBuffer, spec: ModelSpec, batch: RawBatch) -> None:
        self.count = 0
        self._buffer = buffer
        self._spec = spec
        self._batch = batch
        self._faults: Counter[str] = Counter()

    def add(self, rows: list[BadRow]) -> None:
        """Adds bad rows; they are in the table once the buffer is written.

        Raises:
            Refused: they are too many now.
        """
        if not rows:
            return
        self.count += len(rows)
        self._faults.update(row.reason.partition(":")[0] for row in rows)
        limit = self._spec.source.max_bad_fraction
        if self.count > limit * self._batch.records:
            first = rows[0]
            faults = ", ".join(f"{what} ({n})" for what, n in self._faults.most_common(5))
            raise Refused(
                f"{self._batch.source}: at least {self.count} of {self._batch.records} rows are "
                f"bad, more than the {limit:.3g} that source.max_bad_fraction allows; by column: "
                f"{faults}; line {first.line}: {first.reason}; the processed table is unchanged"
            )
        texts = [row.text[:QUARANTINED_TEXT] for row in rows]
        fields = zip(rows, escaped([row.reason for row in rows]), escaped(texts), strict=True)
        lead = f"{self._spec.name}\t{self._batch.number}"
        lines = [f"{lead}\t{row.line}\t{reason}\t{kept}\n" for row, reason, kept in fields]
        self._buffer.add(_TABLE, "".join(lines).encode())

    def add_conflicts(self, raw: RawData, lines: list[int]) -> None:
        """Adds the rows on these lines, whose key another row has, and writes the buffer.

        Raises:
            Refused: they are too many now.
        """
        reason = f"another row has the same {', '.join(self._spec.key)} and other values"
        for start in range(0, len(lines), CONFLICT_CHUNK):
            chunk = lines[start : start + CONFLICT_CHUNK]
            texts = raw.texts(self._batch, chunk)
            self.add([BadRow(line, texts[line], reason) for line in chunk])
            self._buffer.write()
