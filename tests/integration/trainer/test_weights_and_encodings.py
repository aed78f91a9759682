"""Weights, ranks and label means, from a CSV to a table and a champion."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.integration.trainer.support.tables import Events, Tables

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_local.servers.postgres import Postgres

MODEL = "survey"
GRADES = ("low", "middle", "high")
ROWS = 600
SURVEY: dict[str, Any] = {
    "spec": 2,
    "name": MODEL,
    "columns": [
        {"name": "grade", "kind": "category", "values": list(GRADES), "ordered": True},
        {"name": "shop", "kind": "category", "values": "any", "encoding": "target"},
        {"name": "people", "kind": "number"},
        {"name": "buys", "kind": "boolean"},
    ],
    "target": "buys",
    "features": "all",
    "weight": "people",
    "class_weight": "balanced",
    "estimator": "hist_gradient_boosting",
    "search_space": {
        "max_iter": {"distribution": "choice", "values": [20, 40, 60]},
        "learning_rate": {"distribution": "choice", "values": [0.1]},
    },
    "trials": 3,
}
SHOPS = 30


def lines() -> list[str]:
    """Draws rows; three more have no weight, one below zero, and one that is no number."""
    draw = np.random.default_rng(4)
    found = []
    for _ in range(ROWS):
        grade, shop = int(draw.integers(0, 3)), int(draw.integers(0, SHOPS))
        buys = grade + shop / 10 + draw.normal(0, 0.4) > 2.5
        people = draw.integers(0, 5)
        found.append(f"{GRADES[grade]},s{shop},{people},{'yes' if buys else 'no'}")
    return [*found, "low,s1,,no", "low,s1,-2,no", "low,s1,many,no"]


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("specs")
    source = folder / "survey.csv"
    source.write_text("grade,shop,people,buys\n" + "\n".join(lines()) + "\n")
    document = {**SURVEY, "source": {"url": f"file://{source}"}}
    (folder / f"{MODEL}.yaml").write_text(json.dumps(document))
    return folder


@pytest.fixture(scope="module")
def trained(tables: Tables, specs: Path) -> Events:
    """Ingests the table and trains on it; the events of the sweep."""
    return tables.train(specs, MODEL)


def test_rows_without_a_weight_are_quarantined_and_those_of_none_left_out(
    postgres: Postgres, trained: Events
) -> None:
    source = engine(postgres.settings("ingest"), PROCESSED)
    with source.connect() as connection:
        reasons = connection.scalars(
            text("SELECT reason FROM processed.quarantine WHERE model = :model ORDER BY line"),
            {"model": MODEL},
        ).all()
        none = connection.scalar(text(f"SELECT count(*) FROM processed.{MODEL} WHERE people = 0"))
    source.dispose()

    assert reasons == [
        "people: missing, and it says how much the row counts",
        "people: '-2' is below 0, and says how much the row counts",
        "people: 'many' is not a number",
    ]
    left_out = [event for event in trained if event["event"] == "rows left out"]
    assert {event["of_weight_zero"] for event in left_out} == {none}
    assert none > 0


def test_the_table_itself_holds_no_weight_below_zero(postgres: Postgres, trained: Events) -> None:
    assert trained
    source = engine(postgres.settings("ingest"), PROCESSED)
    with pytest.raises(IntegrityError, match="people"), source.begin() as connection:
        connection.execute(text(f"UPDATE processed.{MODEL} SET people = -1"))
    source.dispose()
