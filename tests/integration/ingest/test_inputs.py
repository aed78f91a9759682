"""What bad input gets: every kind of it, and nothing lost."""

from dataclasses import dataclass

import pytest
from tests.integration.ingest.support.ingested_model import HEADER, IngestedModel, row, table
from tests.some import some

from rookery_core.errors import Refused
from rookery_ingest.parsing.records import MAX_RECORD

GOOD = 40


@dataclass(frozen=True)
class Case:
    """A file, and what becomes of it."""

    content: str | bytes
    refused: str = ""
    """What the refusal says, where the file is refused."""
    quarantined: int = 0
    reason: str = ""
    rows: int = GOOD


def _bad(text: str, reason: str) -> Case:
    return Case(table(text, good=GOOD), quarantined=1, reason=reason)


def _sex(text: str) -> str:
    return row(GOOD).replace("MALE", text)


def _mass(text: str) -> str:
    return row(GOOD).replace("3750", text)


WHOLE_FILE = {
    "empty": Case("", "is empty"),
    "only empty lines": Case("\n\r\n\n", "is empty"),
    "header only": Case(HEADER + "\n", "a header and no rows"),
    "binary": Case(b"\x7fELF\x02\x01\x01\0\0\0", "byte 7 is NUL"),
    "NUL in a later row": Case(table(good=GOOD).replace("Dream", "Dr\0am"), "is NUL"),
    "UTF-16": Case(table(good=GOOD).encode("utf-16"), "is UTF-16"),
    "invalid UTF-8": Case(table(good=GOOD).encode() + b"caf\xe9\n", "not UTF-8 at byte"),
    "lone surrogate": Case(table(good=GOOD).encode() + b"\xed\xa0\x80", "not UTF-8 at byte"),
    "missing column": Case(table(good=GOOD).replace(",sex", ""), "lacks 'sex'"),
    "extra column": Case(table(good=GOOD).replace(",sex", ",sex,year"), "has unknown 'year'"),
    "duplicate column": Case(table(good=GOOD).replace(",sex", ",sex,sex"), "repeats 'sex'"),
    "unclosed quote": Case(table('"Adelie', good=GOOD), "line 42 is never closed"),
    "every row one field too long": Case(
        table(*[f"{row(n)},1" for n in range(GOOD)]), "8 fields, the header 7"
    ),
    "semicolons": Case(table(good=GOOD).replace(",", ";"), "separated by semicolons"),
    "decimal commas": Case(
        table(*[row(n).replace(".", ",") for n in range(GOOD)]), "fields, the header 7"
    ),
    "quoted decimal commas": Case(
        table(*[row(n).replace("181", '"18,1"') for n in range(GOOD)]), "'18,1' is not a number"
    ),
    "numbers with units": Case(
        table(*[row(n).replace("3750", "3750 g") for n in range(GOOD)]), "'3750 g' is not a number"
    ),
    "one line of 100 MB": Case(table("x" * 10**8, good=GOOD), f"longer than {MAX_RECORD}"),
}

ROWS = {
    "one field too many": _bad(f"{row(GOOD)},1", "8 fields, the header 7"),
    "one field too few": _bad("Adelie,Dream,39,18,181,3750", "6 fields, the header 7"),
    "quote in the wrong place": _bad(f'"Adelie"x{row(GOOD)[6:]}', "not CSV"),
    "decimal comma": _bad(_mass('"3750,5"'), "'3750,5' is not a number"),
    "number with a unit": _bad(_mass("3750 g"), "'3750 g' is not a number"),
    "unknown class": _bad(row(GOOD).replace("Adelie", "Emu"), "'Emu' is not a known label"),
    "another sex": _bad(_sex("F"), "'F' is not a known label"),
    "10 kB of text": _bad(_sex("x" * 10_000), "is not a known label"),
    "control character": _bad(_sex("MA\x1bLE"), "control character"),
    "NaN": _bad(_mass("NaN"), "'NaN' is not a number"),
    "inf": _bad(_mass("inf"), "'inf' is not a number"),
    "1e999": _bad(_mass("1e999"), "lies outside 1500 to 9000"),
    "negative": _bad(_mass("-3750"), "lies outside 1500 to 9000"),
    "zero": _bad(_mass("0"), "lies outside 1500 to 9000"),
    "absurd magnitude": _bad(_mass("1e300"), "lies outside 1500 to 9000"),
    "SQL": _bad(_sex("'); DROP TABLE x;--"), "is not a known label"),
    "formula": _bad(_sex("=cmd()"), "is not a known label"),
    "path": _bad(_sex("../../etc/passwd"), "is not a known label"),
    "backslashes of COPY": _bad(_sex("\\N\\.\\t"), "is not a known label"),
    **{
        f"sex {text!r}": Case(table(_sex(text), good=GOOD), rows=GOOD + 1)
        for text in (".", "", "NA", "na", "null", "NULL", "  ", "FEMALE ", "Male", "female")
    },
}


@pytest.mark.parametrize("name", WHOLE_FILE)
def test_a_file_that_breaks_the_contract_is_refused(model: IngestedModel, name: str) -> None:
    before = model.ingest(table(good=5))

    with pytest.raises(Refused) as refusal:
        model.ingest(WHOLE_FILE[name].content)

    assert WHOLE_FILE[name].refused in str(refusal.value)
    assert len(str(refusal.value)) < 1000
    assert model.batches() == [before]
    assert len(model.rows()) == 5
    assert model.quarantine() == []


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_is_quarantined_and_the_rest_loaded(model: IngestedModel, name: str) -> None:
    case = ROWS[name]
    assert isinstance(case.content, str)

    batch = model.ingest(case.content)

    assert (batch.loaded, batch.quarantined) == (case.rows, case.quarantined)
    for line, reason, text in some(model.quarantine(), when=case.quarantined > 0):
        assert line == GOOD + 2
        assert case.reason in reason
        assert case.content.splitlines()[-1].startswith(text[:900])
    model.assert_accounted()


def test_a_row_with_a_quoted_line_ending_is_one_row(model: IngestedModel) -> None:
    batch = model.ingest(table(_sex('"MA\nLE"'), row(GOOD + 1), good=GOOD))

    assert (batch.rows_in, batch.loaded, batch.quarantined) == (42, 41, 1)
    assert model.quarantine()[0][2].endswith('"MA\nLE"')
    assert model.lines()[-1] == GOOD + 4
    model.assert_accounted()
