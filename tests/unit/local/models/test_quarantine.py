"""How the records in quarantine are counted and shown."""

import pytest
from tests.some import some

from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.cells import CellReader, Invalid
from rookery_local.models.quarantine import QuarantinedBatch, Record, by_reason, show_quarantine

ODD = ["x", "it's", 'a "b"', 'it\'s "c"', ";y; ", "sex: 'q' is", "\\'", "y" * 90]
"""Cells that are no value of a column, with everything that could end a quoted value."""


def reasons(column: str) -> list[str]:
    spec = load_catalog()["species"]
    reader = CellReader(spec, spec.column(column))
    found = [reader.read(text) for text in ODD]
    return [cell.reason for cell in found if isinstance(cell, Invalid)]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("bill_length_mm", "bill_length_mm: is not a number"),
        ("species", "species: is not a known label"),
    ],
)
def test_reasons_that_differ_in_the_value_alone_are_one(column: str, expected: str) -> None:
    records = tuple(
        Record(line, reason, "") for line, reason in enumerate(some(reasons(column)), start=2)
    )

    assert [(reason, len(found)) for reason, found in by_reason(records)] == [(expected, len(ODD))]


def test_the_most_frequent_reason_is_first_and_a_row_with_two_faults_has_its_own() -> None:
    records = (
        Record(2, "a: 'x' is not a number; b: 'y' is not a known label", "x,y"),
        Record(3, "b: 'z' is not a known label", "1,z"),
        Record(4, "b: 'w' is not a known label", "1,w"),
        Record(5, "the record has 3 fields, the header 2", "1,2,3"),
    )

    found = [(reason, [each.line for each in group]) for reason, group in by_reason(records)]

    assert found == [
        ("b: is not a known label", [3, 4]),
        ("a: is not a number; b: is not a known label", [2]),
        ("the record has 3 fields, the header 2", [5]),
    ]


def test_a_batch_is_shown_with_counts_samples_and_the_other_batches() -> None:
    records = tuple(
        Record(line, f"a: '{line}x' is not a number", f"{line}x,1\n") for line in (2, 3, 4)
    )
    said: list[str] = []

    show_quarantine(said.append, QuarantinedBatch("churn", 3, 90, records, (1, 2)), samples=2)

    assert said == [
        "batch 3 of churn: 3 of 90 rows in quarantine",
        "\n3 x a: is not a number",
        "  line 2: 2x,1    (a: '2x' is not a number)",
        "  line 3: 3x,1    (a: '3x' is not a number)",
        "\nOther batches with rows in quarantine: 1, 2 (--batch N shows one)",
    ]


def test_a_long_record_is_cut() -> None:
    said: list[str] = []
    batch = QuarantinedBatch("churn", 1, 9, (Record(2, "too long", "y" * 5000),), ())

    show_quarantine(said.append, batch, samples=1)

    assert max(map(len, said)) < 150
