"""A cell that is no number is told the marks with which it would be one."""

import pytest
from tests.unit.ingest.support.second_version import second_version

from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.record_form import JSON_ROWS, RecordForm
from rookery_ingest.parsing.records import Records
from rookery_ingest.rows.rows import RowReader


def _reason(cell: str, spec: ModelSpec, form: RecordForm, header: str) -> str:
    _, [bad] = RowReader(spec, header, "x", form).read(Records([2], [cell]))
    return bad.reason


@pytest.mark.parametrize(
    ("csv", "cell", "told"),
    [
        ({}, "1,5", "csv: {decimal: ','}"),
        ({}, "1,500", "csv: {thousands: ','} or {decimal: ','}"),
        ({}, "1 500", "csv: {thousands: ' '}"),
        ({}, "1\u202f500.5", "csv: {thousands: ' '}"),
        ({}, "1'500", 'csv: {thousands: "\'"}'),
        ({}, "1.234,5", "csv: {decimal: ',', thousands: '.'}"),
        ({"decimal": ","}, "1.5", "csv: {decimal: '.'}"),
        ({"decimal": ","}, "1.234,5", "csv: {thousands: '.'}"),
        ({"thousands": ","}, "1.234,5", "csv: {decimal: ',', thousands: '.'}"),
    ],
)
def test_the_keys_are_named(csv: dict[str, str], cell: str, told: str) -> None:
    spec = second_version("size", csv={"delimiter": ";", **csv})

    reason = _reason(f"{cell};no", spec, RecordForm(";"), "size;label")

    assert reason.endswith(f"is not a number; if it is one, write {told}")


@pytest.mark.parametrize("cell", ["twelve", "1,5 kg", "1,5,5", "2026-01-31", "1e999", "-", "NaN"])
def test_what_no_marks_make_a_number_of_has_no_hint(cell: str) -> None:
    spec = second_version("size", csv={"delimiter": ";"})

    assert "if it is one" not in _reason(f"{cell};no", spec, RecordForm(";"), "size;label")


def test_typed_rows_and_first_version_specs_have_no_dialect() -> None:
    first = load_catalog()["species"]
    sizes = ",".join(["culmen_length_mm", "culmen_depth_mm", "flipper_length_mm", "body_mass_g"])
    header = f"species,island,{sizes},sex"

    old = _reason('Adelie,Dream,"39,5",18,181,3750,MALE', first, RecordForm(), header)
    typed = _reason('{"label":"no","size":"1,5"}', second_version("size"), JSON_ROWS,
                    '["label","size"]')  # fmt: skip

    assert old.endswith("'39,5' is not a number")
    assert typed.endswith("'1,5' is not a number")
