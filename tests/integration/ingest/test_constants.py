"""Columns with one value in all rows are told by ingest, whatever part of the rows was read."""

from tests.integration.ingest.support.ingested_model import HEADER, IngestedModel, MakeModel
from tests.integration.ingest.test_few_rows import line, reasons

SPECIES = ("Adelie", "Chinstrap", "Gentoo")
SAME_SEX = "one value in all rows: 'sex'; leave them out of features"


def _made(make_model: MakeModel, *features: str) -> IngestedModel:
    model = make_model(spec=2)
    model.change(features=["bill_length_mm", *features])
    return model


def _lines(*numbers: int) -> list[str]:
    return [line(number, SPECIES[number % 3]) for number in numbers]


def test_all_constants_are_told_at_once(make_model: MakeModel) -> None:
    model = _made(make_model, "island", "sex", "body_mass_g")

    found = reasons(model, *(line(n, SPECIES[n % 3], mass="NA") for n in range(200)))

    assert found == [
        "no value in any row: 'body_mass_g'; leave them out of features; "
        "one value in all rows: 'island', 'sex'; leave them out of features"
    ]


def test_a_constant_is_told_of_a_batch_that_only_adds(make_model: MakeModel) -> None:
    model = _made(make_model, "sex")

    first = reasons(model, *_lines(*range(200)))
    grown = reasons(model, *_lines(*range(210)))

    assert [first, grown] == [[SAME_SEX], [SAME_SEX]]


def test_a_column_that_becomes_constant_by_a_removal_is_told(make_model: MakeModel) -> None:
    model = _made(make_model, "sex")
    female = line(200, "Adelie").replace("MALE", "FEMALE")

    both = reasons(model, *_lines(*range(200)), female)
    one = reasons(model, *_lines(*range(200)))

    assert [both, one] == [[], [SAME_SEX]]


def test_a_difference_in_rows_of_an_earlier_batch_counts(make_model: MakeModel) -> None:
    model = _made(make_model, "sex")
    female = line(200, "Adelie").replace("MALE", "FEMALE")
    reasons(model, *_lines(*range(200)), female)

    grown = reasons(model, *_lines(*range(200)), female, *_lines(201, 202))

    assert grown == []


def test_a_constant_target_is_told(make_model: MakeModel) -> None:
    model = _made(make_model)

    [reason] = reasons(model, *(line(number) for number in range(200)))

    assert "all rows have the same 'species', or none: a model needs two classes" in reason


def test_the_first_version_says_what_it_said(make_model: MakeModel) -> None:
    model = make_model()
    model.write("\n".join([HEADER, *_lines(*range(60))]) + "\n")

    code, events = model.run()

    assert code == 0
    assert {"few rows", "findings"}.isdisjoint(event["event"] for event in events)
