"""Text is cut into records, each with its line number."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rookery_core.errors import Refused
from rookery_ingest.parsing.line_ends import line_end
from rookery_ingest.parsing.record_form import COMMAS, RecordForm
from rookery_ingest.parsing.records import MAX_RECORD, RecordReader

FIELDS = st.text(st.sampled_from('ab ",\n;é'), max_size=6)


def _read(
    text: str, size: int = 10_000, form: RecordForm = COMMAS, *, blank: bool = False
) -> list[tuple[int, str]]:
    end, blocks = line_end(text[start : start + size] for start in range(0, len(text), size))
    if not blank:
        end = "\n"
    found = RecordReader("x", form, blank=blank, end=end).read(blocks)
    return [pair for some in found for pair in zip(some.lines, some.texts, strict=True)]


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\n1,2", "\na,b\n\n1,2\n\n"])
def test_line_endings_and_empty_lines_make_no_difference(text: str) -> None:
    assert [record for _, record in _read(text)] == ["a,b", "1,2"]


def test_a_record_knows_the_line_it_begins_on() -> None:
    assert _read('h\n\n"a\nb"\nc\n') == [(1, "h"), (3, '"a\nb"'), (5, "c")]


def test_a_quoted_line_ending_stays_as_it_is() -> None:
    assert _read('"a\r\nb",1\r\n') == [(1, '"a\r\nb",1')]


def test_a_quote_within_an_unquoted_field_opens_nothing() -> None:
    assert _read('5" bill,1\n2,3\n') == [(1, '5" bill,1'), (2, "2,3")]


def test_a_doubled_quote_closes_nothing() -> None:
    assert _read('"a""\nb"\n') == [(1, '"a""\nb"')]


@given(
    st.lists(st.lists(FIELDS, min_size=2, max_size=3), min_size=1, max_size=5),
    st.booleans(),
    st.integers(1, 9),
    st.sampled_from([(",", '"'), (";", '"'), ("\t", "'"), ("|", "a")]),
)
def test_records_are_those_that_were_written(
    rows: list[list[str]], all_quoted: bool, size: int, marks: tuple[str, str]
) -> None:
    out = io.StringIO()
    delimiter, quote = marks
    writer = csv.writer(
        out,
        quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL,
        lineterminator="\n",
        delimiter=delimiter,
        quotechar=quote,
    )
    writer.writerows(rows)

    records = _read(out.getvalue(), size, RecordForm(delimiter, quote))

    read = [
        next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote))
        for _, text in records
    ]
    assert read == rows


@given(st.text(st.sampled_from('a",\n'), max_size=40), st.integers(1, 9))
def test_blocks_may_end_anywhere(text: str, size: int) -> None:
    def outcome(size: int) -> list[tuple[int, str]] | str:
        try:
            return _read(text, size)
        except Refused as refusal:
            return str(refusal)

    assert outcome(size) == outcome(10_000)


def test_a_quote_that_is_never_closed_is_refused_with_its_line() -> None:
    with pytest.raises(Refused, match="line 2 is never closed"):
        _read('a,b\n"1,2\n3,4\n')


@pytest.mark.parametrize("record", ["x" * (MAX_RECORD + 1), '"' + "x\n" * MAX_RECORD])
@pytest.mark.parametrize("size", [65_536, 10 * MAX_RECORD])
def test_a_record_without_end_is_refused_before_it_is_held(record: str, size: int) -> None:
    with pytest.raises(Refused, match="line 2 is longer than"):
        _read("a,b\n" + record + "\n1,2\n", size)


@pytest.mark.parametrize("size", [65_536, 10 * MAX_RECORD])
def test_a_large_file_whose_lines_end_with_cr_alone_is_told_so(size: int) -> None:
    with pytest.raises(Refused, match="its lines end with CR alone: save the file with LF"):
        _read("a,b\r" + "1,2\r" * MAX_RECORD, size)


@pytest.mark.parametrize("size", [1, 2, 10_000])
def test_lines_may_end_with_cr_alone(size: int) -> None:
    text = 'a,b\r1,"x\ry"\r\r3,4'

    assert _read(text, size, blank=True) == [(1, "a,b"), (2, '1,"x\ry"'), (5, "3,4")]


@pytest.mark.parametrize("text", ["a,b\r\n1,2\r\n", "a,b\n1\r,2\n"])
def test_where_lines_end_with_lf_a_cr_ends_none(text: str) -> None:
    assert [record for _, record in _read(text, blank=True)] == text.replace("\r\n", "\n").split(
        "\n"
    )[:-1]


@pytest.mark.parametrize("form", [COMMAS, RecordForm(";", "'"), RecordForm("\t", '"')])
def test_records_without_any_value_count_as_empty_lines(form: RecordForm) -> None:
    d, q = form.delimiter, form.quote
    blank = [d, d * 2, f" {d} ", f"{q}{q}{d}", f"{d}{q}{q}", f" {q}{q} {d}", "  "]
    text = "\n".join([f"a{d}b", *blank, f"1{d}", f"{d}2", f"{q}{q}{d}{q}{d}{q}"])

    found = _read(text, form=form, blank=True)

    assert [line for line, _ in found] == [1, 9, 10, 11]


def test_a_long_record_of_spaces_is_told_from_a_blank_one_at_once() -> None:
    texts = [" " * 900_000 + "x", ("\t" * 900_000) + "x", '""' * 400_000 + "x"]

    found = [
        record
        for form in (COMMAS, RecordForm("\t", '"'), RecordForm(" ", '"'))
        for _, record in _read("\n".join(["a", *texts]), 10**7, form, blank=True)
    ]

    assert len(found) == 12
