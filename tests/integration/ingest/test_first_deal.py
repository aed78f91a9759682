"""The first deal: the program deals a first batch as the database would."""

import random
from contextlib import closing
from typing import Any

import pytest
from psycopg2.sql import SQL, Identifier
from sqlalchemy import select
from tests.integration.ingest.support.ingested_model import (
    HEADER,
    IngestedModel,
    MakeModel,
    connected,
)

from rookery_core.database.names import PROCESSED
from rookery_core.database.sides import sides_table
from rookery_core.database.tables import processed_table
from rookery_ingest.load import first_deal
from rookery_ingest.load.database import Database
from rookery_ingest.load.dealing import Dealing

Sides = list[tuple[Any, ...]]


def source(rows: int, bills: int) -> str:
    """Writes rows, many of equal features and of several classes, some without one."""
    draw = random.Random(7)
    lines = [HEADER]
    for _ in range(rows):
        species = draw.choices(["Adelie", "Chinstrap", "Gentoo", "NA"], [60, 5, 30, 5])[0]
        bill = 30 + int(draw.random() ** 2 * bills) / 10
        island = draw.choice(["Dream", "Biscoe", "Torgersen"])
        sex = draw.choice(["MALE", "FEMALE", "NA"])
        lines.append(f"{species},{island},{bill:.1f},15,{180 + draw.randrange(4)},3750,{sex}")
    return "\n".join(lines) + "\n"


def sides(model: IngestedModel) -> Sides:
    """Reads the whole table of sides, sorted."""
    query = SQL("SELECT scheme, identity, held, batch, rows, stratum FROM {}").format(
        Identifier("processed", sides_table(model.spec).name)
    )
    with closing(connected(model.role, PROCESSED)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return sorted((scheme, bytes(identity), *rest) for scheme, identity, *rest in cursor)


def dealt_by_the_database(model: IngestedModel) -> Sides:
    """Deals the first batch anew, in the database, and returns the sides."""
    table = sides_table(model.spec)
    with (
        closing(Database(model.role, PROCESSED)) as database,
        database.transaction() as connection,
    ):
        connection.execute(table.delete())
        Dealing(connection, model.spec, processed_table(model.spec), 1).deal(None)
        found = connection.execute(select(table)).all()
    return sorted((each[0], bytes(each[1]), *each[2:]) for each in found)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"holdout": {"by": "group", "column": "bill_length_mm", "fraction": 0.3}},
        {"target": "sex", "features": ["bill_length_mm", "flipper_length_mm"]},
        {"rare": {"merge": ["Chinstrap"], "into": "Gentoo"}},
        {"rare": {"merge": ["Chinstrap", "Gentoo"], "into": "other"}},
    ],
    ids=["features", "groups", "another target", "merged", "merged anew"],
)
def test_the_program_deals_a_first_batch_as_the_database_does(
    changes: dict[str, object], make_model: MakeModel
) -> None:
    model = make_model(spec=2)
    model.change(**changes)

    model.ingest(source(3_000, 200))

    found = sides(model)
    assert len(found) > 150
    assert {held for _, _, held, *_ in found} == {True, False}
    assert max(rows for *_, rows, _ in found) > 5
    assert found == dealt_by_the_database(model)


def test_a_batch_of_more_rows_than_the_program_holds_is_dealt_all_the_same(
    make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_deal, "MOST_ROWS", 2_000)
    model = make_model(spec=2)

    model.ingest(source(3_000, 200))

    assert sides(model) == dealt_by_the_database(model)
