"""The database's own checks, under all that ingest reads."""

from contextlib import closing

import pytest
from psycopg2.errors import CheckViolation
from psycopg2.sql import SQL, Identifier
from tests.integration.ingest.support.ingested_model import IngestedModel, connected, table

from rookery_core.database.names import PROCESSED

MASS = "body_mass_g"


@pytest.mark.parametrize(
    ("column", "value", "check"),
    [
        *((MASS, value, f"{MASS}_in_range") for value in ("NaN", "Infinity", "-Infinity")),
        *((MASS, value, f"{MASS}_in_range") for value in ("1e300", "-1", "0", "1499.9", "9000.1")),
        ("sex", "F", "sex_known"),
    ],
)
def test_no_row_out_of_range_enters_the_table_past_ingest(
    model: IngestedModel, column: str, value: str, check: str
) -> None:
    model.ingest(table(good=1))
    columns = ("_row_id", "_batch", "_line", column)
    statement = SQL("INSERT INTO {} ({}) VALUES ('one', 1, 99, %s)").format(
        Identifier("processed", model.spec.name), SQL(", ").join(map(Identifier, columns))
    )

    with (
        closing(connected(model.role, PROCESSED)) as connection,
        connection.cursor() as cursor,
        pytest.raises(CheckViolation) as violation,
    ):
        cursor.execute(statement, [value])

    assert violation.value.diag.constraint_name == check


def test_a_row_in_range_does(model: IngestedModel) -> None:
    model.ingest(table(good=1))
    statement = SQL(
        "INSERT INTO {} (_row_id, _batch, _line, body_mass_g) VALUES ('one', 1, 99, 9000)"
    ).format(Identifier("processed", model.spec.name))

    with closing(connected(model.role, PROCESSED)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)

        assert cursor.rowcount == 1
