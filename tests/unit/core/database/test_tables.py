"""The processed table, derived from a spec."""

from sqlalchemy import create_engine
from sqlalchemy.schema import CreateTable

from rookery_core.database.tables import processed_table
from rookery_core.spec.catalog import load_catalog


def test_ranges_and_labels_are_checks_of_the_table() -> None:
    table = processed_table(load_catalog()["species"])

    ddl = str(CreateTable(table).compile(dialect=create_engine("postgresql+psycopg2://").dialect))

    assert "CREATE TABLE processed.species" in ddl
    assert "bill_length_mm DOUBLE PRECISION" in ddl
    assert "CHECK (bill_length_mm BETWEEN 20.0 AND 80.0)" in ddl
    assert "CHECK (sex IN ('FEMALE', 'MALE'))" in ddl


def test_a_hyphen_in_a_models_name_becomes_an_underscore() -> None:
    spec = load_catalog()["species"].model_copy(update={"name": "penguin-species"})

    assert processed_table(spec).name == "penguin_species"
