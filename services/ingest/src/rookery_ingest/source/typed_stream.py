"""The stream of a source with typed values: Parquet and PostgreSQL become JSON lines."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import closing
from typing import IO

from rookery_core.errors import Refused
from rookery_core.settings import PostgresSettings, S3Settings
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.source.memory import reader_memory
from rookery_ingest.source.prefetch import prefetched
from rookery_ingest.source.query import query_request
from rookery_ingest.source.reader_process import rows_of_process
from rookery_ingest.source.redaction import redacted
from rookery_ingest.source.settings import SourceSettings
from rookery_ingest.source.stream import BLOCK_BYTES, SourceStream, Stream

_PARQUET = "rookery_ingest.source.parquet_rows"
_QUERY = "rookery_ingest.source.query_rows"


class TypedStream:
    """Reads the rows of a source once, as JSON lines.

    Its digest and size are those of the rows: a Parquet file that holds the same rows in other row
    groups has the same.
    """

    def __init__(
        self,
        spec: ModelSpec,
        settings: SourceSettings,
        store: S3Settings,
        postgres: PostgresSettings,
    ) -> None:
        self.name = redacted(spec.source.url)
        """The address without what may be secret."""
        self.size = 0
        """Bytes of rows read so far."""
        self._source = spec.source
        self._settings = settings
        self._store = store
        self._postgres = postgres
        self._digest = hashlib.sha256()
        self._used = sorted({name for column in spec.columns for name in column.header_names})
        self._key = sorted({name for key in spec.key for name in spec.column(key).header_names})

    def blocks(self) -> Iterator[bytes]:
        """Yields the rows; of a file only once all its bytes are those that the spec pins.

        Raises:
            Refused: it can't be read as what it is, is too large, or not what the spec pins.
            Unavailable: it failed, hung, or ended before its announced length.
        """
        yield from self._of_query() if self._source.is_postgresql else self._of_file()

    @property
    def digest(self) -> str:
        """Returns the SHA-256 of the rows read so far."""
        return self._digest.hexdigest()

    def _of_file(self) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as file:
            # A Parquet file begins with its end, so all of it has to be here.
            for block in Stream(self._source, self._settings, self._store).blocks():
                file.write(block)
            file.flush()
            memory = reader_memory(self._settings.reader_bytes, file.tell())
            file.seek(0)
            request = {"columns": self._used, "memory": memory}
            yield from self._counted(_PARQUET, request, file)

    def _of_query(self) -> Iterator[bytes]:
        request = query_request(
            self._source, self._settings, self._postgres, columns=self._used, key=self._key
        )
        yield from self._counted(_QUERY, request)
        if self._source.sha256 not in {None, self.digest}:
            raise Refused(
                f"the rows of {self.name} have SHA-256 {self.digest}, the spec pins "
                f"{self._source.sha256}; nothing was loaded; pin the new content, or none"
            )

    def _counted(
        self, module: str, request: dict[str, object], file: IO[bytes] | None = None
    ) -> Iterator[bytes]:
        rows = rows_of_process(module, request, self.name, BLOCK_BYTES, file)
        whole = self._settings.source_seconds
        # A query may sort for long before its first row, and a file's reader speaks all the time.
        with closing(prefetched(rows, self.name, whole, whole)) as blocks:
            for block in blocks:
                self.size += len(block)
                if self.size > self._source.max_bytes:
                    raise Refused(
                        f"the rows of {self.name} are more than {self._source.max_bytes} bytes of "
                        "text; raise the spec's source.max_bytes if they should be"
                    )
                self._digest.update(block)
                yield block


def source_stream(
    spec: ModelSpec, settings: SourceSettings, store: S3Settings, postgres: PostgresSettings
) -> SourceStream:
    """Returns the stream of a spec's source."""
    if spec.spec == 2 and (spec.source.is_parquet or spec.source.is_postgresql):
        return TypedStream(spec, settings, store, postgres)
    return Stream(spec.source, settings, store)
