"""What is found in good rows is said at once."""

from tests.some import some
from tests.unit.ingest.support.second_version import second_version

from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.records import Records
from rookery_ingest.rows.findings import Findings
from rookery_ingest.rows.rows import RowReader

HEADER = "size,count,paid,city,seen,label"
NAMES = ("size", "count", "paid", "city", "seen")


def _found(chunks: list[list[str]], spec: ModelSpec) -> list[str]:
    reader, findings = RowReader(spec, HEADER, "x"), Findings(spec)
    for texts in some(chunks):
        rows, bad = reader.read(Records(range(len(texts)), texts))
        assert not bad
        findings.add(rows)
        findings.look_at(texts)
    return findings.sentences()


def _warned() -> ModelSpec:
    spec = second_version(*NAMES)
    size = spec.columns[0].model_copy(update={"range": (0.0, 10.0), "out_of_range": "warn"})
    return spec.model_copy(update={"columns": (size, *spec.columns[1:])})


GOOD = ["1,1,yes,Köln,2026-01-01,no", "2,2,no,Bonn,2026-01-02,Yes"]


def test_nothing_is_said_of_rows_that_differ() -> None:
    assert _found([GOOD], second_version(*NAMES)) == []
    assert _found([[text] for text in GOOD], second_version(*NAMES)) == []


def test_characters_that_were_lost_before_are_told() -> None:
    texts = ["1,1,yes,K\ufffdln,2026-01-01,no", GOOD[1], "3,1,yes,D\ufffd\ufffdren,2026-01-01,no"]

    (said,) = _found([texts, GOOD], second_version(*NAMES))

    assert said.startswith(
        "2 records hold '\ufffd' (U+FFFD), which stands for characters that were"
    )
    assert said.endswith("bring the original")


def test_numbers_out_of_the_range_and_rows_without_a_target_are_counted() -> None:
    texts = ["-1,1,yes,Köln,2026-01-01,", "11,2,no,Bonn,2026-01-02,Yes", "10,3,no,Bonn,,no"]

    said = _found([texts, texts], _warned())

    assert said == [
        "numbers out of the range were loaded, as out_of_range: warn says: size (4)",
        "2 rows have no 'label': they are loaded and not trained on",
    ]
