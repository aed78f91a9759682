"""Sides where the target is a number: dealt over its quantiles, once, and never moved."""

import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.ingest.support.ingested_model import HEADER, IngestedModel, MakeModel
from tests.some import some

KEY = ("bill_length_mm", "bill_depth_mm")
TARGET = "body_mass_g"


def line(number: int, mass: float | str) -> str:
    """Writes a row; its bill tells it from the others."""
    bill = f"{30 + number % 200 / 10},{12 + number // 200 / 20}"
    return f"Adelie,Dream,{bill},181,{mass},MALE"


def source(*lines: str) -> str:
    """Writes a CSV file of these rows."""
    return "\n".join([HEADER, *lines]) + "\n"


def numbers(model: IngestedModel, **keys: object) -> IngestedModel:
    """Makes the body's mass the target."""
    features = ["bill_length_mm", "bill_depth_mm", "species"]
    model.change(target=TARGET, features=features, metric="rmse", **keys)
    return model


@pytest.fixture(params=[(), KEY], ids=["features", "key"])
def model(make_model: MakeModel, request: pytest.FixtureRequest) -> IngestedModel:
    """A model whose target is a number."""
    return numbers(make_model(spec=2, key=request.param))


def masses(seed: int, size: int) -> list[int]:
    """Draws masses of which few are large."""
    drawn = np.random.default_rng(seed).lognormal(8.2, 0.2, size)
    return [int(mass) for mass in np.clip(drawn, 1500, 9000)]


def sides(model: IngestedModel, watermark: int | None = None) -> dict[tuple[float, float], object]:
    pinned = model.batches()[-1].batch if watermark is None else watermark
    return {row[:2]: row[2] for row in model.as_of(pinned, *KEY)}


def test_each_tenth_of_the_numbers_has_its_share(model: IngestedModel) -> None:
    drawn = sorted(masses(1, 1000))
    model.ingest(source(*(line(number, mass) for number, mass in enumerate(drawn))))

    found = sorted(model.as_of(1, TARGET))

    held = [
        sum(bool(side) for _, side in found[start : start + 100]) for start in range(0, 1000, 100)
    ]
    assert sum(held) in range(197, 204)
    for tenth in some(held):
        assert abs(tenth - 20) <= 3


def test_later_batches_meet_the_share_of_each_quantile_and_move_nothing(
    model: IngestedModel,
) -> None:
    drawn = masses(2, 900)
    rows = [line(number, mass) for number, mass in enumerate(drawn)]
    seen: dict[tuple[float, float], object] = {}

    for size in (150, 151, 157, 400, 900):
        model.ingest(source(*rows[:size]))
        now = sides(model)
        assert {bill: now[bill] for bill in seen} == seen
        assert abs(sum(map(bool, now.values())) - 0.2 * size) <= 5
        seen = now


def test_numbers_beyond_the_first_ones_are_dealt_too(model: IngestedModel) -> None:
    rows = [line(number, 3000 + number) for number in range(300)]
    model.ingest(source(*rows))

    model.ingest(source(*rows, *(line(300 + number, 6000 + number) for number in range(100))))

    large = [side for mass, side in model.as_of(2, TARGET) if mass >= 6000]
    assert len(large) == 100
    assert abs(sum(map(bool, large)) - 20) <= 2


def test_many_equal_numbers_are_one_quantile(model: IngestedModel) -> None:
    rows = [line(number, 3000 if number % 3 else 3001 + number) for number in range(300)]
    model.ingest(source(*rows))

    found = model.as_of(1, TARGET)

    assert abs(sum(bool(side) for mass, side in found if mass == 3000) - 40) <= 3
    assert abs(sum(bool(side) for mass, side in found if mass != 3000) - 20) <= 3


def test_few_rows_are_dealt_without_quantiles_until_there_are_enough(model: IngestedModel) -> None:
    rows = [line(number, mass) for number, mass in enumerate(masses(3, 500))]
    for size in (3, 20, 49, 500):
        model.ingest(source(*rows[:size]))

    assert abs(sum(map(bool, sides(model).values())) - 100) <= 5


def test_a_corrected_number_moves_nothing(model: IngestedModel) -> None:
    model.ingest(source(*(line(number, 3000 + number) for number in range(200))))
    before = sides(model)

    model.ingest(source(*(line(number, 5000 - number) for number in range(200))))

    assert sides(model) == before


def test_a_row_without_a_number_has_no_side_and_is_no_bad_row(model: IngestedModel) -> None:
    rows = [line(number, 3000 + number) for number in range(199)]

    batch = model.ingest(source(*rows, line(199, "NA")))

    assert batch.quarantined == 0
    assert list(sides(model).values()).count(None) == 1


def test_a_number_that_has_no_logarithm_is_quarantined(make_model: MakeModel) -> None:
    model = numbers(make_model(spec=2), transform="log")
    columns = model.spec.model_dump(mode="json")["columns"]
    for column in some([column for column in columns if column["name"] == TARGET]):
        column["range"] = [-10, 9000]
    model.change(columns=columns)
    rows = [line(number, 3000 + number) for number in range(200)]

    batch = model.ingest(source(*rows, line(200, 0), line(201, -3), line(202, "NA")))

    assert (batch.quarantined, batch.loaded) == (2, 201)


def test_a_coarse_table_is_divided_by_rows_over_quantiles(make_model: MakeModel) -> None:
    model = numbers(make_model(spec=2))
    coarse = [
        f"Adelie,Dream,39,{17 + number % 6},181,{3000 + number},MALE" for number in range(600)
    ]
    model.write(source(*coarse))

    code, events = model.run()

    assert code == 0
    [told] = [event for event in events if event["event"] == "coarse"]
    assert told["combinations"] == 6
    found = sorted(model.as_of(1, TARGET))
    held = [sum(bool(side) for _, side in found[start : start + 60]) for start in range(0, 600, 60)]
    for tenth in some(held):
        assert abs(tenth - 12) <= 2


def reasons(model: IngestedModel, *lines: str) -> list[str]:
    """Ingests these rows, and returns what is told of them."""
    model.write(source(*lines))
    code, events = model.run()
    assert code == 0
    return [event["reason"] for event in events if event["event"] == "few rows"]


def test_too_few_rows_with_a_number_are_told(model: IngestedModel) -> None:
    found = reasons(
        model, *(line(number, 3000 + number if number < 30 else "NA") for number in range(120))
    )

    [reason] = found
    assert (
        "too few rows with a 'body_mass_g' (24 to train on, 6 held out): 10 are needed on both "
        "sides; ingest more rows, or raise holdout.fraction"
    ) in reason


def test_numbers_that_are_all_the_same_are_told(model: IngestedModel) -> None:
    model.write(source(*(line(number, 3000) for number in range(200))))

    _, events = model.run()

    said = " ".join(str(event) for event in events)
    assert "all rows have the same 'body_mass_g', or none: a model needs two numbers" in said


HISTORIES = st.lists(
    st.tuples(
        st.lists(st.integers(0, 60), min_size=1, max_size=60),
        st.integers(0, 3000),
        st.integers(0, 2**16),
    ),
    min_size=2,
    max_size=4,
)


@given(history=HISTORIES)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_history_of_batches_moves_an_identity(
    make_model: MakeModel, history: list[tuple[list[int], int, int]]
) -> None:
    model = numbers(make_model(spec=2))
    base = list(range(100, 220))
    model.ingest(source(*(line(number, 3000 + number) for number in base)))
    known: dict[object, object] = dict(sides(model).items())
    pinned = [(1, model.as_of(1))]

    for added, shift, seed in some(history):
        draw = random.Random(seed)
        # Some rows go, some come back, numbers change, and the order is another one.
        kept = [number for number in (*base, *added) if draw.random() > 0.2]
        draw.shuffle(kept)
        rows = [line(number, 3000 + (number * 7 + shift) % 4000) for number in kept]
        batch = model.ingest(source(*rows))
        for bill, side in some(sides(model).items()):
            assert known.setdefault(bill, side) == side
        for watermark, table in some(pinned):
            assert model.as_of(watermark) == table
        pinned.append((batch.batch, model.as_of(batch.batch)))
        model.assert_accounted()
