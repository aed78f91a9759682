"""Stored batches: the rows of a batch in the object store, where only one sweep has to write them.

A folder `MODEL/KEY/` holds the files, and a manifest that was written last: without it nothing in
the folder is read. The key is a hash of what the rows depend on, so that a folder never changes.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import structlog
from pydantic import ValidationError
from sqlalchemy import Engine

from rookery_core.database.sides import scheme
from rookery_core.frozen import Frozen
from rookery_core.settings import PostgresSettings
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.failpoints import failpoint
from rookery_trainer.freed_memory import return_scattered_memory
from rookery_trainer.locks.lock import locked, snapshot_lock
from rookery_trainer.store.row_columns import row_columns
from rookery_trainer.store.row_files import GROUP_ROWS, RowFiles, write_parts
from rookery_trainer.store.row_stream import row_blocks
from rookery_trainer.stored_objects import StoreAway, StoredObjects

MANIFEST = "manifest.json"
_DOWNLOADS = 4

_log = structlog.get_logger()

Told = Callable[[int], None]
"""Is told how many rows were read so far."""


class Part(Frozen):
    """A file of the rows."""

    name: str
    sha256: str


class StoredManifest(Frozen):
    """What says that a folder is complete."""

    format: int = 1
    batch: int
    rows: int
    parts: tuple[Part, ...]
    written_at: str
    """UTC, ISO 8601."""


@dataclass(frozen=True)
class BatchKey:
    """What the rows of a batch depend on."""

    spec: ModelSpec
    watermark: int
    data_digest: str

    @property
    def folder(self) -> str:
        """The folder of the batch: its model's, and a hash of table, rows and sides."""
        depends_on = {
            "table": self.spec.table_digest,
            "data": self.data_digest,
            "batch": self.watermark,
            "sides": scheme(self.spec) if self.spec.spec == 2 else None,
        }
        key = hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()
        return f"{self.spec.name}/{key[:32]}/"

    @property
    def schema(self) -> pa.Schema:
        """The columns of the rows."""
        return pa.schema([(column.name, column.type) for column in row_columns(self.spec)])


@dataclass(frozen=True)
class StoredBatches:
    """The batches in a bucket."""

    objects: StoredObjects
    postgres: PostgresSettings
    """The trainer's role, for the lock."""
    kept: int
    """How many batches of a model stay: the newest."""
    group_rows: int = GROUP_ROWS

    def read(self, source: Engine, key: BatchKey, rows: int, folder: Path, told: Told) -> RowFiles:
        """Reads the batch from the store into `folder`; from the table where it is not there.

        Then it is in the store afterwards, if the table holds as many rows as the batch counted.
        Where the store is away or refuses, the log has a warning, and the table is read.
        """
        try:
            found = self._download(key, folder)
            if found is not None:
                return found
            with locked(self.postgres, snapshot_lock(key.spec.name)):
                # Another sweep may have written it while this one waited.
                return self._download(key, folder) or self._write(source, key, rows, folder, told)
        except StoreAway as error:
            _log.warning("the stored rows are of no use", reason=str(error))
            return read_table(source, key, folder, told)

    def drop(self, model: str) -> int:
        """Removes all batches of the model; returns how many objects there were.

        Raises:
            Unavailable: the store kept some, did not answer, or refused.
        """
        with locked(self.postgres, snapshot_lock(model)):
            return self.objects.remove(f"{model}/")

    def drop_old(self, model: str) -> int:
        """Removes what was begun and never completed, and all batches but the `kept` newest.

        Returns how many objects there were. Whoever still reads one of them finds a file missing,
        and reads the table.
        """
        with locked(self.postgres, snapshot_lock(model)):
            return self._drop_old(model)

    def _download(self, key: BatchKey, folder: Path) -> RowFiles | None:
        """Reads the batch into the folder; None where it is not there, or not as it was written."""
        manifest = self._manifest(key.folder)
        if manifest is None:
            return None

        def is_whole(part: Part) -> bool:
            path = f"{key.folder}{part.name}"
            return self.objects.download(path, folder / part.name) == part.sha256

        with ThreadPoolExecutor(_DOWNLOADS) as threads:
            whole = all(threads.map(is_whole, manifest.parts))
        return RowFiles(key.schema, folder, len(manifest.parts)) if whole else None

    def _write(
        self, source: Engine, key: BatchKey, rows: int, folder: Path, told: Told
    ) -> RowFiles:
        parts: list[Part] = []
        for path in parts_of_table(source, key, folder, told, self.group_rows):
            return_scattered_memory()
            parts.append(self._put(key, path))
            failpoint(f"part {len(parts)}")
        files = RowFiles(key.schema, folder, len(parts))
        if len(files) != rows:
            return files
        written_at = datetime.now(UTC).isoformat()
        manifest = StoredManifest(
            batch=key.watermark, rows=rows, parts=tuple(parts), written_at=written_at
        )
        self.objects.put(f"{key.folder}{MANIFEST}", manifest.model_dump_json().encode())
        failpoint("stored")
        self._drop_old(key.spec.name, needed=key.folder)
        _log.info("rows stored", batch=key.watermark, rows=rows, parts=len(parts))
        return files

    def _put(self, key: BatchKey, path: Path) -> Part:
        content = path.read_bytes()
        self.objects.put(f"{key.folder}{path.name}", content)
        return Part(name=path.name, sha256=hashlib.sha256(content).hexdigest())

    def _drop_old(self, model: str, needed: str = "") -> int:
        """Removes the same, without the folder that is needed though newer batches are there.

        That is a sweep's that was begun before they came, and goes on: it takes no newer one's
        place, and goes when the next batch is written.
        """
        names = {key.rpartition("/")[0] for key in self.objects.keys(f"{model}/")}
        folders = {f"{model}/{name.rpartition('/')[2]}/" for name in names}
        written = {
            folder: (manifest.batch, manifest.written_at)
            for folder in folders
            if (manifest := self._manifest(folder)) is not None
        }
        stay = sorted(written, key=lambda folder: written[folder])[-self.kept :]
        return sum(self.objects.remove(folder) for folder in sorted(folders - {*stay, needed}))

    def _manifest(self, folder: str) -> StoredManifest | None:
        text = self.objects.get(f"{folder}{MANIFEST}")
        try:
            return None if text is None else StoredManifest.model_validate_json(text)
        except ValidationError:  # of another release
            return None


def read_table(source: Engine, key: BatchKey, folder: Path, told: Told) -> RowFiles:
    """Reads the batch from the table into `folder`."""
    parts = sum(1 for _ in parts_of_table(source, key, folder, told))
    return RowFiles(key.schema, folder, parts)


def parts_of_table(
    source: Engine, key: BatchKey, folder: Path, told: Told, group_rows: int = GROUP_ROWS
) -> Iterator[Path]:
    """Writes the batch from the table into files of `folder`; yields each when it is complete."""

    def counted(blocks: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        rows = 0
        for block in blocks:
            yield block
            rows += len(block)
            told(rows)

    with source.connect() as connection:
        blocks = counted(row_blocks(connection, key.spec, key.watermark))
        yield from write_parts(blocks, key.schema, folder, group_rows)
