"""A model of a test's own: its spec, a file as its source, and what the databases hold of it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
import yaml
from psycopg2.extensions import connection as driver_connection
from psycopg2.sql import SQL, Composable, Identifier, Literal
from tests.some import some

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED, RAW
from rookery_core.database.rows_as_of import rows_as_of
from rookery_core.database.tables import CONTENT, LINE, REMOVED_BATCH, ROW_ID
from rookery_core.settings import PostgresSettings, S3Settings
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.forget import hash_of_key
from rookery_ingest.ingest import ingest
from rookery_ingest.load.database import Database
from rookery_ingest.load.processed_data import CompletedBatch, ProcessedData
from rookery_ingest.load.raw_data import RawData
from rookery_ingest.settings import IngestSettings
from rookery_ingest.source.typed_stream import source_stream

HEADER = "species,island,culmen_length_mm,culmen_depth_mm,flipper_length_mm,body_mass_g,sex"
LANES = 2**64
SECONDS = 120
LOOPBACK = "127.0.0.0/8"


def row(number: int) -> str:
    """Writes a good row, unlike any other of the first 40,000."""
    return f"Adelie,Dream,{30 + number % 200 / 10},{12 + number // 200 / 20},181,3750,MALE"


def table(*rows: str, good: int = 0) -> str:
    """Writes a CSV file: a header, `good` good rows, and these."""
    return "\n".join([HEADER, *map(row, range(good)), *rows]) + "\n"


def connected(settings: PostgresSettings, database: str) -> driver_connection:
    """Opens a connection of the driver."""
    return psycopg2.connect(
        host=settings.host,
        port=settings.port,
        user=settings.user,
        password=settings.password.get_secret_value(),
        dbname=database,
    )


class IngestedModel:
    """One model and its source."""

    def __init__(self, role: PostgresSettings, folder: Path, **changes: Any) -> None:
        self.role = role
        self.file = folder / "source.csv"
        self.store = S3Settings()
        self.settings = IngestSettings(
            # The web servers of these tests are on this machine.
            source_allowed=LOOPBACK,
            source_idle_seconds=2,
            source_seconds=5,
            first_connection_seconds=1,
            lock_seconds=30,
        )
        self._folder = folder
        name = f"t{uuid4().hex[:12]}"
        self.spec = load_catalog()["species"].model_copy(update={"name": name, **changes})
        self.take_from(f"file:{self.file}")

    def change(self, **changes: Any) -> None:
        """Changes the spec; its name stays."""
        self.spec = ModelSpec.model_validate_json(
            json.dumps({**self.spec.model_dump(mode="json"), **changes})
        )

    def take_from(self, url: str, **changes: Any) -> None:
        """Changes the spec's source."""
        source = {"url": url, "sha256": None, **changes}
        self.spec = self.spec.model_copy(
            update={"source": self.spec.source.model_copy(update=source)}
        )

    def write(self, content: str | bytes) -> None:
        """Writes the source file."""
        self.file.write_bytes(content.encode() if isinstance(content, str) else content)

    def ingest(self, content: str | bytes | None = None) -> CompletedBatch:
        """Ingests in this process, new content if it is given; returns the batch."""
        if content is not None:
            self.write(content)
        return ingest(self.spec, self.role, self.store, self.settings)

    def prepare(self) -> None:
        """Makes the tables that an ingest finds, empty."""
        for database, part in ((RAW, RawData), (PROCESSED, ProcessedData)):
            with closing(Database(self.role, database)) as opened:
                part(opened, self.spec).prepare()

    def start(
        self,
        command: str = "run",
        *arguments: str,
        database_wait: float = 0,
        environment: Mapping[str, str] | None = None,
    ) -> "subprocess.Popen[str]":
        """Starts the real program on this model."""
        specs = self._folder / "specs"
        specs.mkdir(exist_ok=True)
        document = yaml.safe_dump(self.spec.model_dump(mode="json"))
        (specs / f"{self.spec.name}.yaml").write_text(document)
        return subprocess.Popen(
            [sys.executable, "-m", "rookery_ingest", command, self.spec.name, *arguments],
            env={
                **os.environ,
                "ROOKERY_SPECS_DIRECTORY": str(specs),
                "ROOKERY_INGEST_DATABASE_WAIT": str(database_wait),
                "ROOKERY_POSTGRES_HOST": self.role.host,
                "ROOKERY_POSTGRES_PORT": str(self.role.port),
                "ROOKERY_POSTGRES_USER": self.role.user,
                "ROOKERY_POSTGRES_PASSWORD": self.role.password.get_secret_value(),
                **(environment or {}),
            },
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, **environment: str) -> tuple[int, list[dict[str, Any]]]:
        """Runs the real program; returns its exit code and events."""
        return finished(self.start(environment=environment))

    def run_forget(self, *key: str) -> tuple[int, list[dict[str, Any]]]:
        """Runs the real program that forgets a row; returns its exit code and events."""
        return finished(self.start("forget", "--key", *key))

    def erase_raw(self, *key: str) -> None:
        """Erases a row from raw data alone, as a program does that is killed right after."""
        with (
            closing(Database(self.role, RAW)) as raw,
            closing(Database(self.role, PROCESSED)) as processed,
        ):
            tombstones = ProcessedData(processed, self.spec).bury(hash_of_key(self.spec, key))
            RawData(raw, self.spec).erase(tombstones)

    def rows(self) -> list[tuple[Any, ...]]:
        """Reads the processed rows, sorted, without the columns that say where they come from."""
        columns = SQL(", ").join(Identifier(column.name) for column in self.spec.columns)
        return sorted(self._current(columns), key=repr)

    def as_of(self, watermark: int, *names: str) -> list[tuple[Any, ...]]:
        """Reads columns of the rows as of a batch, sorted, with their sides under `spec: 2`."""
        names = names or tuple(column.name for column in self.spec.columns)
        reader = engine(self.role, PROCESSED)
        try:
            with reader.connect() as connection:
                found = connection.execute(rows_as_of(self.spec, watermark, names))
                return sorted((tuple(each) for each in found), key=repr)
        finally:
            reader.dispose()

    def lines(self) -> list[int]:
        """Reads the lines of the processed rows."""
        return sorted(line for (line,) in self._current(Identifier(LINE)))

    def raw(self) -> list[tuple[int, int, str]]:
        """Reads batch, line and text of every raw record."""
        columns, view = SQL("batch, line, text"), f"_records_{self.spec.name}"
        exists = SQL("to_regclass({})").format(Literal(f"raw.{view}"))
        [(found,)] = self._select(RAW, "pg_catalog", "pg_am", exists, "LIMIT 1")
        return sorted(self._select(RAW, "raw", view if found else self.spec.name, columns))

    def stored(self) -> list[tuple[int, int, str]]:
        """Reads batch, line and text of every raw record where it is stored."""
        return sorted(self._select(RAW, "raw", self.spec.name, SQL("batch, line, text")))

    def bad_lines(self) -> list[tuple[int, int]]:
        """Reads batch and line of every bad row."""
        mine = "WHERE model = %(model)s"
        columns = SQL("batch, line")
        return sorted(self._select(PROCESSED, "processed", "quarantine", columns, mine))

    def store_raw(self) -> None:
        """Stores the source in raw data, as an ingest does that is killed right after."""
        with (
            closing(Database(self.role, RAW)) as raw,
            closing(Database(self.role, PROCESSED)) as processed,
        ):
            before = ProcessedData(processed, self.spec).last()
            stream = source_stream(self.spec, self.settings, self.store, self.role)
            RawData(raw, self.spec).store(stream, before)

    def quarantine(self) -> list[tuple[int, str, str]]:
        """Reads line, reason and text of every bad row."""
        mine = "WHERE model = %(model)s"
        columns = SQL("line, reason, text")
        return sorted(self._select(PROCESSED, "processed", "quarantine", columns, mine))

    def batches(self) -> list[CompletedBatch]:
        """Reads the completed batches."""
        columns = SQL(", ").join(Identifier(name) for name in CompletedBatch.__slots__)
        mine = "WHERE model = %(model)s ORDER BY batch"
        found = self._select(PROCESSED, "processed", "batches", columns, mine)
        return [CompletedBatch(*values) for values in found]

    @contextmanager
    def reading(self, reader: PostgresSettings) -> Iterator[Callable[[], int]]:
        """Opens a reader's transaction for the block; yields a function that counts its rows."""
        with closing(connected(reader, PROCESSED)) as connection, connection.cursor() as cursor:
            connection.set_session(isolation_level="REPEATABLE READ")

            def count() -> int:
                table = Identifier("processed", self.spec.name)
                cursor.execute(SQL("SELECT count(*) FROM {}").format(table))
                [(rows,)] = cursor.fetchall()
                return int(rows)

            count()
            yield count

    def assert_accounted(self) -> None:
        """Checks that each raw record is a row, a duplicate, or in quarantine, and the digests."""
        batches = self.batches()
        for each in some(batches, when=bool(self.raw())):
            assert each.rows_in == each.loaded + each.duplicate + each.quarantined
            assert each.rows_in == sum(1 for batch, _, _ in self.raw() if batch == each.batch)
        assert sum(each.quarantined for each in batches) == len(self.quarantine())
        assert sum(each.loaded - each.removed - each.forgotten for each in batches) == len(
            self.rows()
        )
        if batches:
            assert batches[-1].total_rows == len(self.rows())
            assert batches[-1].data_digest == self.digest()

    def digest(self) -> str:
        """Sums the hashes of the rows that the table holds today."""
        keyed = self.spec.spec == 2 and self.spec.key
        found = self._current(Identifier(CONTENT if keyed else ROW_ID))
        halves = [(bytes(each)[:8], bytes(each)[8:]) for (each,) in found]
        sums = [sum(int.from_bytes(half[place]) for half in halves) % LANES for place in (0, 1)]
        return f"{sums[0]:016x}{sums[1]:016x}"

    def _current(self, columns: Composable) -> Sequence[tuple[Any, ...]]:
        """Reads columns of the rows that the table holds today."""
        where = f"WHERE {REMOVED_BATCH} IS NULL" if self.spec.spec == 2 else ""
        return self._select(PROCESSED, "processed", self.spec.name, columns, where)

    def _select(
        self, database: str, schema: str, name: str, columns: Composable, where: str = ""
    ) -> Sequence[tuple[Any, ...]]:
        named = Identifier(schema, name)
        query = SQL("SELECT {} FROM {} {}").format(columns, named, SQL(where))
        with closing(connected(self.role, database)) as connection, connection.cursor() as cursor:
            cursor.execute(query, {"model": self.spec.name})
            return cursor.fetchall()


def finished(process: "subprocess.Popen[str]") -> tuple[int, list[dict[str, Any]]]:
    """Waits for a program that ends by itself; returns its exit code and events."""
    _, stderr = process.communicate(timeout=SECONDS)
    assert not [line for line in stderr.splitlines() if not line.startswith("{")], stderr
    return process.returncode, [json.loads(line) for line in stderr.splitlines()]


MakeModel = Callable[..., IngestedModel]
