"""A batch is stored as its difference from the one before, and loaded as if it were whole."""

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.ingest.support.ingested_model import (
    HEADER,
    IngestedModel,
    MakeModel,
    row,
    table,
)
from tests.some import some

KEY = ("bill_length_mm", "bill_depth_mm")
BAD = "Emu,Dream,39,18,181,3750,MALE"
LONG = '"Adelie",Dream,39.1,18.7,181,3750,"MA\nLE"'


def stored(model: IngestedModel) -> list[tuple[int, str]]:
    """Reads batch and text of what is stored, without what batches share."""
    return sorted((batch, text) for batch, _, text in model.stored())


def told(model: IngestedModel) -> list[Any]:
    """Returns what is known of the last batch."""
    last = model.batches()[-1]
    lines = [each for each in model.bad_lines() if each[0] == last.batch]
    return [last.rows_in, last.quarantined, last.total_rows, last.data_digest, model.rows(),
            [line for _, line in lines]]  # fmt: skip


def test_only_what_is_new_is_stored(make_model: MakeModel) -> None:
    model = make_model(spec=2)
    model.ingest(table(good=50))

    batch = model.ingest(table(row(60), *map(row, range(10, 50)), row(61)))

    assert [text for number, text in stored(model) if number == 2] == [row(60), row(61)]
    assert [(line, text) for number, line, text in model.raw() if number == 2] == [
        (2, row(60)),
        *((at + 3, row(number)) for at, number in enumerate(range(10, 50))),
        (43, row(61)),
    ]
    assert (batch.loaded, batch.duplicate, batch.removed) == (2, 40, 10)
    model.assert_accounted()


def test_a_bad_line_is_read_again_in_each_batch(make_model: MakeModel) -> None:
    model = make_model(spec=2)
    model.ingest(table(BAD, good=40))

    batch = model.ingest(table(row(50), BAD, good=40))

    assert (batch.loaded, batch.quarantined) == (1, 1)
    assert model.bad_lines() == [(1, 42), (2, 43)]
    model.assert_accounted()


def test_another_header_is_stored_whole(make_model: MakeModel) -> None:
    model = make_model(spec=2)
    model.ingest(table(good=20))

    batch = model.ingest(table(good=20).replace(HEADER, HEADER.replace("sex", "SEX")))

    assert (batch.loaded, batch.duplicate, batch.removed) == (0, 20, 0)
    assert len(stored(model)) == 40
    model.assert_accounted()


def test_a_key_that_comes_twice_is_seen_though_only_one_line_is_new(make_model: MakeModel) -> None:
    model = make_model(spec=2, key=KEY)
    model.ingest(table(good=20))

    later = model.ingest(table(*map(row, range(20)), row(3).replace("3750", "4000")))
    earlier = model.ingest(table(row(3).replace("3750", "4000"), *map(row, range(20))))

    assert (later.loaded, later.duplicate, later.removed) == (1, 20, 1)
    assert (earlier.loaded, earlier.duplicate, earlier.removed) == (1, 20, 1)
    assert {values[5] for values in model.rows()} == {3750}
    model.assert_accounted()


def test_a_spec_that_changes_before_a_difference_is_loaded(make_model: MakeModel) -> None:
    model = make_model(spec=2)
    light = row(7).replace("3750", "1600")
    model.ingest(table(light, good=40))
    model.write(table(light, row(41), good=40))
    model.store_raw()
    document = model.spec.model_dump(mode="json")
    document["columns"][5]["range"] = [2000, 9000]
    model.change(columns=document["columns"])

    batch = model.ingest()

    assert (batch.batch, batch.quarantined, batch.total_rows) == (2, 1, 41)
    assert model.bad_lines() == [(1, 42), (2, 42)]
    model.assert_accounted()


@pytest.mark.parametrize("key", [(), KEY])
@given(
    history=st.lists(
        st.tuples(st.lists(st.integers(0, 12), max_size=30), st.integers(0, 2**16)),
        min_size=2,
        max_size=5,
    )
)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_history_of_differences_ends_where_the_last_source_alone_does(
    make_model: MakeModel, key: tuple[str, ...], history: list[tuple[list[int], int]]
) -> None:
    model, alone = make_model(spec=2, key=key), make_model(spec=2, key=key)
    for each in (model, alone):
        each.change(source={**each.spec.source.model_dump(mode="json"), "max_bad_fraction": 0.9})
    special = [BAD, LONG, "", row(3).replace("3750", "3750.0"), row(3).replace("3750", "4000")]
    source = ""
    for numbers, seed in some(history):
        draw = random.Random(seed)
        lines = [row(n) if n < 8 else special[n - 8] for n in numbers] + [
            row(n) for n in range(20, 24)
        ]
        draw.shuffle(lines)
        source = table(*lines)
        model.ingest(source)
        model.assert_accounted()

    alone.ingest(source)

    assert told(model) == told(alone)
    last = model.batches()[-1].batch
    assert [each[1:] for each in model.raw() if each[0] == last] == [
        each[1:] for each in alone.raw()
    ]
