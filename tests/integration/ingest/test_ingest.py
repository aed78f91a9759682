"""A source is in raw and processed data, once, and accounted for."""

import json
from collections.abc import Callable
from importlib.resources import files

import pytest
from tests.integration.ingest.support.ingested_model import (
    HEADER,
    IngestedModel,
    MakeModel,
    row,
    table,
)

from rookery_core.errors import Refused

PENGUINS = files("rookery_core").joinpath("data/penguins_size.csv").read_text()


def test_the_published_file_is_loaded_whole(model: IngestedModel) -> None:
    batch = model.ingest(PENGUINS)

    assert (batch.rows_in, batch.loaded, batch.quarantined) == (344, 344, 0)
    sexes = [row[-1] for row in model.rows()]
    assert {sex: sexes.count(sex) for sex in ("MALE", "FEMALE", None)} == {
        "MALE": 168,
        "FEMALE": 165,
        None: 11,
    }
    model.assert_accounted()


def test_raw_data_are_verbatim(model: IngestedModel) -> None:
    odd = 'Adelie,"Dream",39.1,18.7,"1\r\n81",3750,\\N\t\\.'

    model.ingest(
        f"{HEADER}\r\n\r\n{row(1)}\r\n{odd}\r\n" + "".join(f"{row(n)}\r\n" for n in range(2, 40))
    )

    assert model.raw()[:3] == [(1, 3, row(1)), (1, 4, odd), (1, 6, row(2))]
    assert [(line, text) for line, _, text in model.quarantine()] == [(4, odd)]
    model.assert_accounted()


@pytest.mark.parametrize(
    "respell",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("Adelie", '"Adelie"'),
        lambda text: text.replace(HEADER, HEADER.upper()),
        lambda text: "".join(
            ",".join(reversed(line.split(","))) + "\n" for line in text.splitlines()
        ),
        lambda text: "\n".join([HEADER, *reversed(text.splitlines()[1:])]),
        lambda text: text.replace("NA", ".").replace("MALE", " Male "),
        lambda text: text.replace(",181,", ",181.0,").replace(",3750,", ",3.75e3,"),
    ],
    ids=["BOM", "CRLF", "no trailing newline", "quoted", "header case", "columns reordered",
         "rows reordered", "null tokens and case", "numbers respelled"],
)  # fmt: skip
def test_the_same_content_has_the_same_digest(
    make_model: MakeModel, respell: Callable[[str], str]
) -> None:
    text = table(row(3), good=9) + "Gentoo,Biscoe,NA,NA,NA,NA,NA\n"
    one, other = make_model(), make_model()

    digests = {one.ingest(text).data_digest, other.ingest(respell(text)).data_digest}

    assert len(digests) == 1
    assert one.rows() == other.rows()


def test_digests_stay_what_they_were(make_model: MakeModel) -> None:
    published, repeated, keyed = (
        make_model(),
        make_model(),
        make_model(key=("bill_length_mm", "bill_depth_mm")),
    )
    conflict = row(3).replace("3750", "4000")

    digests = [
        published.ingest(PENGUINS).data_digest,
        repeated.ingest(table(row(1), row(1), row(2), row(1))).data_digest,
        repeated.ingest(table(*map(row, (2, 2, 1, 1, 1, 1, 3)))).data_digest,
        keyed.ingest(table(row(3), conflict, row(3), *map(row, range(10, 50)))).data_digest,
        keyed.ingest(table(*map(row, range(10, 60)))).data_digest,
    ]

    # Batches of every installation hold digests: the same rows have the same one for ever.
    assert digests == [
        "7ed5d01d0500b15c0ebebd719043e0e3",
        "8c2fb67266600e461f97bafb7d445422",
        "fa9893c8974927f0be2c93d7eac3481e",
        "674705c0ed25a73718312a25de2cb7a8",
        "6aac69b71000da7b8ed2c9e9d62c9567",
    ]


def test_a_second_ingest_changes_nothing(model: IngestedModel) -> None:
    first = model.ingest(table(good=20))

    second = model.ingest()

    assert (second.rows_in, second.loaded, second.duplicate) == (20, 0, 20)
    assert second.data_digest == first.data_digest
    assert model.batches() == [first]
    assert len(model.raw()) == 20


def test_the_same_rows_in_another_order_are_duplicates(model: IngestedModel) -> None:
    first = model.ingest(table(*map(row, range(20))))

    second = model.ingest(table(*map(row, reversed(range(20)))))

    assert (second.batch, second.rows_in, second.loaded, second.duplicate) == (2, 20, 0, 20)
    assert second.data_digest == first.data_digest
    model.assert_accounted()


def test_a_grown_file_adds_what_is_new(model: IngestedModel) -> None:
    model.ingest(table(good=20))

    batch = model.ingest(table(good=25))

    assert (batch.loaded, batch.duplicate, batch.total_rows) == (5, 20, 25)
    model.assert_accounted()


def test_legitimately_equal_rows_are_all_kept_and_counted_once_per_file(
    model: IngestedModel,
) -> None:
    model.ingest(table(row(1), row(1), row(1), row(2)))

    batch = model.ingest(table(row(1), row(2), row(1), row(1), row(1)))

    assert (batch.loaded, batch.duplicate, batch.total_rows) == (1, 4, 5)
    model.assert_accounted()


def test_rows_that_come_again_much_later_are_kept_and_counted(model: IngestedModel) -> None:
    later = [row(number) for number in range(0, 30_000, 3)]

    first = model.ingest(table(*later, *later[::2], good=30_000))
    second = model.ingest(table(*later[:9], row(30_001), *later, *later[::2], good=30_000))

    assert (first.loaded, first.duplicate) == (45_000, 0)
    assert (second.loaded, second.duplicate) == (10, 45_000)
    assert len(model.rows()) == 45_010
    model.assert_accounted()


def test_long_and_many_lined_records_among_many_are_read_back_as_they_were(
    model: IngestedModel,
) -> None:
    long = [f'Adelie,Dream,39.{n},18,181,3750,"{"x" * 300_000}"' for n in range(20)]
    lines = [f'Adelie,Dream,{40 + n / 10},18,181,3750,"MA\nLE"' for n in range(20)]

    batch = model.ingest(table(*long, "", *lines, "", row(9_001), good=9_000))

    assert (batch.rows_in, batch.loaded, batch.quarantined) == (9_041, 9_001, 40)
    assert [text for _, _, text in model.raw()[9_000:]] == [*long, *lines, row(9_001)]
    assert [line for line, _, _ in model.quarantine()] == [
        *range(9_002, 9_022),
        *range(9_023, 9_063, 2),
    ]
    model.assert_accounted()


def test_bad_rows_are_quarantined_with_line_reason_and_bounded_text(model: IngestedModel) -> None:
    long = f"Adelie,Dream,39,18,181,3750,{'x' * 10_000}"

    batch = model.ingest(table("Emu,Dream,39,18,181,3750,MALE", long, good=40))

    assert (batch.loaded, batch.quarantined) == (40, 2)
    [emu, other] = model.quarantine()
    assert emu[:2] == (42, "species: 'Emu' is not a known label")
    assert other[0] == 43
    assert len(other[2]) <= 1000
    assert model.raw()[-1][2] == long
    model.assert_accounted()


def test_too_many_bad_rows_leave_processed_data_as_they_were(model: IngestedModel) -> None:
    first = model.ingest(table(good=40))

    with pytest.raises(Refused, match=r"at least 3 of 43 rows are bad.*species \(3\)"):
        model.ingest(table(*["Emu,Dream,39,18,181,3750,MALE"] * 3, good=40))

    assert model.batches() == [first]
    assert len(model.rows()) == 40
    assert model.quarantine() == []


def test_a_refused_source_that_was_mended_is_loaded(model: IngestedModel) -> None:
    with pytest.raises(Refused):
        model.ingest(table("Emu,Dream,39,18,181,3750,MALE"))

    batch = model.ingest(table(row(1)))

    assert (batch.batch, batch.loaded) == (2, 1)


def test_a_refused_source_is_loaded_once_the_spec_allows_it(model: IngestedModel) -> None:
    text = table("Emu,Dream,39,18,181,3750,MALE", good=9)
    with pytest.raises(Refused):
        model.ingest(text)
    model.ingest(table(row(1)))
    model.change(source={**model.spec.source.model_dump(), "max_bad_fraction": 0.5})

    batch = model.ingest(text)

    assert (batch.batch, batch.loaded, batch.duplicate, batch.quarantined) == (3, 8, 1, 1)
    model.assert_accounted()


def test_two_rows_with_one_key_and_other_values_are_a_conflict(make_model: MakeModel) -> None:
    model = make_model(key=("bill_length_mm", "bill_depth_mm"))
    other = row(3).replace("3750", "4000")

    first = model.ingest(table(row(3), other, row(3), *map(row, range(10, 50))))
    second = model.ingest(table(row(3).replace("MALE", "NA"), *map(row, range(10, 60))))

    assert (first.loaded, first.duplicate, first.quarantined) == (41, 1, 1)
    assert (second.loaded, second.duplicate, second.quarantined) == (10, 40, 1)
    assert [(line, text) for line, _, text in model.quarantine()] == [
        (2, row(3).replace("MALE", "NA")),
        (3, other),
    ]
    assert "bill_length_mm, bill_depth_mm" in model.quarantine()[0][1]
    model.assert_accounted()


def test_names_that_are_words_of_sql_are_names_like_others(make_model: MakeModel) -> None:
    model = make_model()
    document = json.loads(model.spec.model_dump_json())
    document["columns"][0]["name"] = "order"
    document["columns"][2]["name"] = "user"
    document |= {"target": "order", "features": ["user"]}
    document["columns"][2]["aliases"] = ["culmen_length_mm"]
    document["columns"][0]["values"] = ["Adelie", "'); DROP TABLE x;--", "{}%s"]
    model.change(**document)

    batch = model.ingest(
        table(good=3).replace("species", "order") + "'); DROP TABLE x;--" + row(9)[6:] + "\n"
    )

    assert batch.loaded == 4
    assert "'); DROP TABLE x;--" in [values[0] for values in model.rows()]


def test_the_program_tells_all_counts_last(model: IngestedModel) -> None:
    model.write(table(good=20))

    code, events = model.run()

    assert code == 0
    assert events[-1]["event"] == "ingested"
    told = {key: events[-1][key] for key in ("rows_in", "loaded", "duplicate", "quarantined")}
    assert told == {"rows_in": 20, "loaded": 20, "duplicate": 0, "quarantined": 0}
    assert {event["event"] for event in events[:-1]} == {"reading", "loading"}


def test_the_program_ends_with_42_where_a_retry_cannot_help(model: IngestedModel) -> None:
    model.write(HEADER)

    code, events = model.run()

    assert code == 42
    assert events[-1]["event"] == "failed"
    assert "a header and no rows" in events[-1]["reason"]
