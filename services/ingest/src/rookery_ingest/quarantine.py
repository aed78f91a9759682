"""Quarantine: the records of a batch that are no rows of its table, and why."""

from collections import Counter

from rookery_core.errors import Refused
from rookery_core.spec import ModelSpec
from rookery_core.tables import quarantine
from rookery_ingest.driver import Backlog, Copy, escaped
from rookery_ingest.raw import RawBatch
from rookery_ingest.rows import BadRow

QUARANTINED_TEXT = 1000
"""Characters of a bad record that the quarantine keeps; raw data keeps them all."""
_TABLE = Copy(quarantine, ("model", "batch", "line", "reason", "text"), "TEXT")


class Quarantine:
    """The bad rows of one batch, up to the share that the spec allows."""

    def __init__(self, backlog: Backlog, spec: ModelSpec, batch: RawBatch) -> None:
        self.count = 0
        self._backlog = backlog
        self._spec = spec
        self._batch = batch
        self._faults: Counter[str] = Counter()

    def add(self, rows: list[BadRow]) -> None:
        """These rows are in quarantine too, once the backlog is written.

        Raises:
            Refused: if they are too many now.
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
        self._backlog.add(_TABLE, "".join(lines).encode())
