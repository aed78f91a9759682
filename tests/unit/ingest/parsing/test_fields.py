"""Records are split into fields, one by one or many at once."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rookery_core.spec.cells import Invalid
from rookery_ingest.parsing.fields import fields_of, fields_of_width, header_fields, split
from rookery_ingest.parsing.record_form import COMMAS, JSON_ROWS, RecordForm, stored_form

RECORDS = st.text(st.sampled_from("ab\",;'\n\r "), min_size=1, max_size=8)
EXCEL = RecordForm(";", "'")
TABS = RecordForm("\t", '"')
FORMS = [COMMAS, EXCEL, TABS]


@given(st.lists(RECORDS, max_size=6), st.sampled_from(FORMS))
@example([",,,\n,", "a"], COMMAS)
@example([";;;\n;", "a"], EXCEL)
def test_many_at_once_are_split_as_one_by_one(texts: list[str], form: RecordForm) -> None:
    one_by_one = [fields_of_width(text, 3, form) for text in texts]

    fields = split(texts, ("a", "b", "c"), form)

    kept = range(len(texts)) if fields.kept is None else fields.kept
    rows = list(zip(*fields.columns, strict=True))
    assert {at: list(row) for at, row in zip(kept, rows, strict=True)} == {
        at: each for at, each in enumerate(one_by_one) if not isinstance(each, Invalid)
    }
    assert fields.faults == {
        at: each for at, each in enumerate(one_by_one) if isinstance(each, Invalid)
    }


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("a,b,", ["a", "b", ""]),
        ('"a,b",c', ["a,b", "c"]),
        ('"a ""b""",c', ['a "b"', "c"]),
        ('"a\nb",c', ["a\nb", "c"]),
        ('5" bill,c', ['5" bill', "c"]),
    ],
)
def test_fields_are_what_a_writer_of_csv_meant(text: str, fields: list[str]) -> None:
    assert fields_of(text) == fields


@pytest.mark.parametrize(
    ("text", "fault"),
    [("a,b", "2 fields"), ("a,b,c,d", "4 fields"), ('"a"b,c,d', "not CSV")],
)
def test_a_record_of_another_shape_says_so(text: str, fault: str) -> None:
    fields = fields_of_width(text, 3)

    assert isinstance(fields, Invalid)
    assert fault in fields.reason


@pytest.mark.parametrize(
    "form", [*FORMS, JSON_ROWS, RecordForm(";", '"', ",", "."), RecordForm(thousands=",")]
)
def test_a_batch_keeps_the_form_of_its_records(form: RecordForm) -> None:
    assert stored_form(form.stored) == form


def test_a_batch_of_an_earlier_release_holds_commas() -> None:
    assert stored_form(None) == COMMAS
    assert COMMAS.stored is None


def test_a_json_row_has_the_cells_that_a_csv_would_have() -> None:
    row = '{"a":-0.10,"b":"x \\"y\\"","c":null,"d":true,"e":12345678901234567890}'

    fields = split([row], ("e", "d", "c", "b", "a"), JSON_ROWS)

    assert fields.columns == [["12345678901234567890"], ["true"], [""], ['x "y"'], ["-0.10"]]


def test_the_header_of_json_rows_is_an_array() -> None:
    assert header_fields('["a","b c"]', JSON_ROWS) == ["a", "b c"]
