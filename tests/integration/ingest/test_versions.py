"""Under `spec: 2` the table is what the last accepted source says, and what each earlier one said.

A batch adds rows and marks others as removed; those who pinned an earlier one read what was there.
"""

from typing import Any

import pytest
from tests.integration.ingest.support.ingested_model import IngestedModel, MakeModel, row, table
from tests.some import some

from rookery_core.errors import Refused


@pytest.fixture
def model(make_model: MakeModel) -> IngestedModel:
    """A model whose table is a snapshot of its source."""
    return make_model(spec=2)


@pytest.fixture
def keyed(make_model: MakeModel) -> IngestedModel:
    """The same, with a key."""
    return make_model(spec=2, key=("bill_length_mm", "bill_depth_mm"))


def appending(make_model: MakeModel, **changes: Any) -> IngestedModel:
    """Makes a model whose table holds the rows of all its sources."""
    model = make_model(spec=2, **changes)
    model.take_from(f"file:{model.file}", mode="append")
    return model


def corrected(number: int) -> str:
    """Writes the row of that number with another body mass."""
    return row(number).replace("3750", "4000")


def counts(batch: Any) -> tuple[int, int, int, int, int]:
    """Returns what became of the rows: loaded, duplicate, quarantined, removed, rows now."""
    return (batch.loaded, batch.duplicate, batch.quarantined, batch.removed, batch.total_rows)


def test_a_first_batch_is_the_table(model: IngestedModel) -> None:
    batch = model.ingest(table(row(1), row(1), good=20))

    assert counts(batch) == (22, 0, 0, 0, 22)
    model.assert_accounted()


@pytest.mark.parametrize("which", ["model", "keyed"])
def test_a_corrected_row_replaces_the_wrong_one(which: str, request: pytest.FixtureRequest) -> None:
    model: IngestedModel = request.getfixturevalue(which)
    model.ingest(table(good=20))
    before = model.rows()

    batch = model.ingest(table(*map(row, range(19)), corrected(19)))

    assert counts(batch) == (1, 19, 0, 1, 20)
    assert [values[5] for values in model.rows()].count(4000) == 1
    assert [values[:-1] for values in model.as_of(1)] == before
    model.assert_accounted()


@pytest.mark.parametrize("which", ["model", "keyed"])
def test_a_deleted_row_is_gone_and_comes_back(which: str, request: pytest.FixtureRequest) -> None:
    model: IngestedModel = request.getfixturevalue(which)

    batches = [model.ingest(table(good=rows)) for rows in (20, 15, 20)]

    assert [counts(batch) for batch in batches] == [
        (20, 0, 0, 0, 20),
        (0, 15, 0, 5, 15),
        (5, 15, 0, 0, 20),
    ]
    assert batches[0].data_digest == batches[2].data_digest != batches[1].data_digest
    assert [len(model.as_of(watermark)) for watermark in (1, 2, 3)] == [20, 15, 20]
    model.assert_accounted()


def test_a_source_that_comes_back_is_a_batch_of_its_own(model: IngestedModel) -> None:
    one, other = table(good=20), table(good=15)

    batches = [model.ingest(source) for source in (one, other, one, one)]

    assert [batch.batch for batch in batches] == [1, 2, 3, 3]
    assert len(model.batches()) == 3
    assert len(model.raw()) == 55
    assert counts(batches[3]) == (0, 20, 0, 0, 20)
    model.assert_accounted()


def test_a_pinned_source_that_comes_back_is_a_batch_of_its_own(model: IngestedModel) -> None:
    first = model.ingest(table(good=20))
    model.ingest(table(good=15))
    model.write(table(good=20))
    model.take_from(f"file:{model.file}", sha256=first.source_digest)

    batches = [model.ingest(), model.ingest()]

    assert [counts(batch) for batch in batches] == [(5, 15, 0, 0, 20), (0, 20, 0, 0, 20)]
    assert [batch.batch for batch in batches] == [3, 3]


def test_equal_rows_are_counted(model: IngestedModel) -> None:
    sources = [(1, 1, 1, 2), (2, 1), (1, 2, 1, 1, 1)]

    batches = [model.ingest(table(*map(row, numbers))) for numbers in sources]

    assert [counts(batch) for batch in batches] == [
        (4, 0, 0, 0, 4),
        (0, 2, 0, 2, 2),
        (3, 2, 0, 0, 5),
    ]
    model.assert_accounted()


def test_what_a_batch_pinned_stays_as_it_was(keyed: IngestedModel) -> None:
    sources = [
        table(*map(row, range(30))),
        table(*map(row, range(5, 25)), *map(corrected, range(25, 40))),
        table(*map(corrected, range(30))),
        table(*map(row, range(30))),
    ]
    pinned = []
    for source in sources:
        batch = keyed.ingest(source)
        pinned.append((batch, keyed.as_of(batch.batch), keyed.rows()))

    for batch, rows, current in some(pinned):
        assert keyed.as_of(batch.batch) == rows
        assert [values[:-1] for values in rows] == current
        assert batch.total_rows == len(rows)
    assert pinned[0][0].data_digest == pinned[3][0].data_digest
    keyed.assert_accounted()


def test_a_keyed_correction_changes_the_digest(keyed: IngestedModel) -> None:
    first = keyed.ingest(table(good=20))

    second = keyed.ingest(table(*map(row, range(19)), corrected(19)))

    assert first.data_digest != second.data_digest


def test_the_newest_row_of_a_key_wins(keyed: IngestedModel) -> None:
    first = keyed.ingest(table(row(3), corrected(3), row(4), row(4), corrected(5), row(5)))
    second = keyed.ingest(table(corrected(3), row(3), row(4), row(5)))

    assert counts(first) == (3, 3, 0, 0, 3)
    assert counts(second) == (1, 3, 0, 1, 3)
    assert sorted(values[5] for values, _ in ((r, 0) for r in keyed.rows())) == [3750] * 3
    assert sorted(values[5] for values in keyed.as_of(1)) == [3750, 3750, 4000]
    keyed.assert_accounted()


def test_superseded_rows_are_told(keyed: IngestedModel) -> None:
    keyed.write(table(row(3), corrected(3), row(4), row(4)))

    code, events = keyed.run()

    assert code == 0
    [told] = [event for event in events if event["event"] == "superseded"]
    assert (told["level"], told["rows"]) == ("warning", 1)


def test_the_same_rows_have_the_same_digest_whatever_came_before(make_model: MakeModel) -> None:
    models = [make_model(spec=2, key=("bill_length_mm", "bill_depth_mm")) for _ in range(2)]
    models[0].ingest(table(*map(corrected, range(10)), good=40))

    digests = {model.ingest(table(row(41), good=30)).data_digest for model in models}

    assert len(digests) == 1


def test_a_row_that_became_bad_is_removed(model: IngestedModel) -> None:
    model.ingest(table(good=40))

    batch = model.ingest(table("Emu,Dream,39,18,181,3750,MALE", good=39))

    assert counts(batch) == (0, 39, 1, 1, 39)
    model.assert_accounted()


def test_a_refused_batch_removes_nothing(model: IngestedModel) -> None:
    model.ingest(table(good=40))

    with pytest.raises(Refused, match="rows are bad"):
        model.ingest(table(*["Emu,Dream,39,18,181,3750,MALE"] * 9, good=20))
    again = model.ingest(table(good=40))

    assert (again.batch, counts(again)) == (1, (0, 40, 0, 0, 40))
    assert len(model.rows()) == 40
    model_batches = model.batches()
    assert len(model_batches) == 1


def test_an_appended_source_removes_nothing(make_model: MakeModel) -> None:
    model = appending(make_model)

    batches = [model.ingest(table(*map(row, rows))) for rows in (range(20), range(10, 25))]

    assert [counts(batch) for batch in batches] == [(20, 0, 0, 0, 20), (5, 10, 0, 0, 25)]
    model.assert_accounted()


def test_an_appended_correction_by_key_replaces_the_row(make_model: MakeModel) -> None:
    model = appending(make_model, key=("bill_length_mm", "bill_depth_mm"))

    batches = [model.ingest(table(good=20)), model.ingest(table(corrected(3), row(4), row(30)))]

    assert [counts(batch) for batch in batches] == [(20, 0, 0, 0, 20), (2, 1, 0, 1, 21)]
    assert len(model.as_of(1)) == 20
    model.assert_accounted()


def test_another_mode_makes_the_table_anew(make_model: MakeModel) -> None:
    model = appending(make_model)
    model.ingest(table(*map(row, range(20))))
    model.ingest(table(*map(row, range(10, 25))))
    model.take_from(f"file:{model.file}", mode="snapshot")

    batch = model.ingest()

    assert (batch.batch, batch.total_rows) == (2, 15)
    assert [each.removed for each in model.batches()] == [0, 10]
    model.assert_accounted()


def test_a_spec_that_becomes_a_second_version_replays_its_sources(make_model: MakeModel) -> None:
    model = make_model()
    model.ingest(table(good=20))
    model.ingest(table(*map(row, range(19)), corrected(19)))
    assert len(model.rows()) == 21
    model.change(spec=2)

    batch = model.ingest()

    assert (batch.batch, batch.total_rows) == (2, 20)
    assert [counts(each) for each in model.batches()] == [(20, 0, 0, 0, 20), (1, 19, 0, 1, 20)]
    model.assert_accounted()


def test_the_way_back_to_the_first_version_keeps_all_rows(model: IngestedModel) -> None:
    one, other = table(good=20), table(*map(row, range(19)), corrected(19))
    for source in (one, other, one):
        model.ingest(source)
    model.change(spec=1)

    batch = model.ingest(one)

    assert (batch.batch, batch.total_rows) == (3, 21)
    assert [(each.batch, each.loaded, each.removed) for each in model.batches()] == [
        (1, 20, 0),
        (2, 1, 0),
        (3, 0, 0),
    ]
    model.assert_accounted()
