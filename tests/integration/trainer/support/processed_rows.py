"""Rows of a model in the processed database, put there directly, as ingest leaves them."""

import hashlib
from pathlib import Path

import pandas as pd
from sqlalchemy import insert

import rookery_core
from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.database.tables import BATCH, LINE, ROW_ID, batches, processed_table
from rookery_core.settings import PostgresSettings
from rookery_core.spec.columns import CategoryColumn
from rookery_core.spec.model_spec import ModelSpec

PENGUINS = Path(rookery_core.__file__).parent / "data" / "penguins_size.csv"


def penguins() -> pd.DataFrame:
    """Reads the 344 penguins, with the shipped specs' column names."""
    frame = pd.read_csv(PENGUINS, na_values=["."])
    return frame.rename(
        columns={"culmen_length_mm": "bill_length_mm", "culmen_depth_mm": "bill_depth_mm"}
    )


def add_batch(settings: PostgresSettings, spec: ModelSpec, frame: pd.DataFrame) -> int:
    """Adds `frame` as the model's next batch, completed; returns its number."""
    table = processed_table(spec)
    target = engine(settings, PROCESSED)
    with target.begin() as connection:
        batches.create(connection, checkfirst=True)
        table.create(connection, checkfirst=True)
        last = connection.execute(
            batches.select().where(batches.c.model == spec.name).order_by(batches.c.batch.desc())
        ).first()
        number, before = (last.batch + 1, last.total_rows) if last else (1, 0)
        rows = [_row(spec, number, line, record) for line, record in enumerate(records(frame))]
        if rows:
            connection.execute(insert(table), rows)
        digest = hashlib.sha256(f"{last.data_digest if last else ''} {len(rows)}".encode())
        digest.update(repr([row[ROW_ID] for row in rows]).encode())
        connection.execute(
            insert(batches).values(
                model=spec.name,
                batch=number,
                table_digest=spec.table_digest,
                source_digest="0" * 64,
                rows_in=len(rows),
                loaded=len(rows),
                duplicate=0,
                quarantined=0,
                total_rows=before + len(rows),
                data_digest=digest.hexdigest(),
            )
        )
    target.dispose()
    return number


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Makes records of the frame's rows, with None where a cell is missing."""
    missing = frame.astype(object).where(frame.notna(), None)
    return [{str(name): cell for name, cell in row.items()} for row in missing.to_dict("records")]


def _row(spec: ModelSpec, batch: int, line: int, record: dict[str, object]) -> dict[str, object]:
    cells = {
        column.name: _spelled(column.labels, record[column.name])
        if isinstance(column, CategoryColumn)
        else record[column.name]
        for column in spec.columns
    }
    identity = hashlib.sha256(f"{batch} {line} {sorted(cells.items())}".encode()).digest()
    return {ROW_ID: identity, BATCH: batch, LINE: line + 2, **cells}


def _spelled(values: tuple[str, ...], cell: object) -> object:
    return cell if cell in values else None
