"""What a spec's source brings, without a database: its records, and their rows."""

from dataclasses import dataclass

from rookery_core.settings import PostgresSettings, S3Settings
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.source_records import record_form, source_records
from rookery_ingest.rows.row_hash import RowHasher
from rookery_ingest.rows.rows import BadRow, RowReader
from rookery_ingest.settings import IngestSettings
from rookery_ingest.source.typed_stream import source_stream

SETTINGS = IngestSettings(
    source_allowed="127.0.0.0/8", source_idle_seconds=5, source_seconds=20,
    first_connection_seconds=1,
)  # fmt: skip
NO_POSTGRES = PostgresSettings(host="127.0.0.1", port=1, user="nobody", password="none")


@dataclass(frozen=True)
class SourceRows:
    """A source that was read."""

    header: str
    texts: list[str]
    lines: list[int]
    digest: str
    hashes: list[bytes]
    """Those of the good rows, sorted: what the data digest is a sum of."""
    bad: list[BadRow]


def rows_of(
    spec: ModelSpec,
    *,
    postgres: PostgresSettings = NO_POSTGRES,
    store: S3Settings | None = None,
    settings: IngestSettings = SETTINGS,
) -> SourceRows:
    """Reads the spec's source as an ingest does."""
    stream = source_stream(spec, settings, store or S3Settings(), postgres)
    chunks = list(source_records(stream.blocks(), spec, stream.name))
    header = chunks[0].texts[0]
    reader = RowReader(spec, header, stream.name, record_form(spec))
    hasher = RowHasher(spec, [column.name for column in spec.columns])
    texts = [text for chunk in chunks for text in chunk.texts][1:]
    lines = [line for chunk in chunks for line in chunk.lines][1:]
    hashes: list[bytes] = []
    bad: list[BadRow] = []
    for chunk in chunks:
        first = 1 if chunk is chunks[0] else 0
        below = type(chunk)(chunk.lines[first:], chunk.texts[first:])
        rows, wrong = reader.read(below)
        hashes += [each.tobytes() for each in hasher.hash(rows)]
        bad += wrong
    return SourceRows(header, texts, lines, stream.digest, sorted(hashes), bad)
