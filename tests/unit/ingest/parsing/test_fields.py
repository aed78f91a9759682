"""Records are split into fields, one by one or many at once."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rookery_core.spec.cells import Invalid
from rookery_ingest.parsing.fields import fields_of, fields_of_width, split

RECORDS = st.text(st.sampled_from('ab",\n\r '), min_size=1, max_size=8)


@given(st.lists(RECORDS, max_size=6))
@example([",,,\n,", "a"])
def test_many_at_once_are_split_as_one_by_one(texts: list[str]) -> None:
    one_by_one = [fields_of_width(text, 3) for text in texts]

    fields = split(texts, 3)

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
