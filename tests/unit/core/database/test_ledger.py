"""The ledger's statements, as far as they can be judged without a database."""

import pytest

from rookery_core.database.ledger import LEDGER_DDL, LEDGER_TABLES


def test_every_drivers_parameter_style_passes_the_statements_unchanged() -> None:
    assert not [statement for statement in LEDGER_DDL if ":" in statement or "%" in statement]


@pytest.mark.parametrize("table", [table.name for table in LEDGER_TABLES])
def test_every_table_is_append_only_also_for_replicas(table: str) -> None:
    text = "\n".join(LEDGER_DDL)

    assert f"BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.{table} " in text
    assert f"ALTER TABLE ledger.{table} ENABLE ALWAYS TRIGGER append_only" in text


def test_nobody_is_granted_more_than_reading_and_adding() -> None:
    grants = [s for s in LEDGER_DDL if s.startswith("GRANT")]

    assert grants
    for grant in grants:
        rights = grant.removeprefix("GRANT ").partition(" ON ")[0]
        assert rights.startswith(("SELECT", "USAGE")), grant
        assert "recorded_" not in rights
