"""Sides are written down: ingest deals each new identity once, and nothing moves it afterwards."""

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.ingest.support.ingested_model import HEADER, IngestedModel, MakeModel
from tests.some import some

from rookery_core.spec.holdout import Holdout

KEY = ("bill_length_mm", "bill_depth_mm")
SPECIES = ("Adelie", "Chinstrap", "Gentoo")


def line(number: int, species: str = "Adelie", mass: int = 3750, island: str = "Dream") -> str:
    """Writes a row; its bill tells it from the others."""
    bill = f"{30 + number % 200 / 10},{12 + number // 200 / 20}"
    return f"{species},{island},{bill},181,{mass},MALE"


def source(*lines: str) -> str:
    """Writes a CSV file of these rows."""
    return "\n".join([HEADER, *lines]) + "\n"


def sides(model: IngestedModel, watermark: int | None = None) -> dict[tuple[float, float], object]:
    """Reads by bill on which side its row is, as of a batch."""
    pinned = model.batches()[-1].batch if watermark is None else watermark
    return {bill[:2]: bill[2] for bill in model.as_of(pinned, *KEY)}


@pytest.fixture
def model(make_model: MakeModel) -> IngestedModel:
    """A model whose rows are held out by their features."""
    return make_model(spec=2)


@pytest.fixture
def keyed(make_model: MakeModel) -> IngestedModel:
    """A model whose rows are held out by their key."""
    return make_model(spec=2, key=KEY)


@pytest.mark.parametrize("which", ["model", "keyed"])
def test_each_class_has_its_share(which: str, request: pytest.FixtureRequest) -> None:
    model: IngestedModel = request.getfixturevalue(which)
    sizes = {"Adelie": 600, "Chinstrap": 40, "Gentoo": 300}
    lines, number = [], 0
    for species, size in sizes.items():
        lines += [line(number + n, species) for n in range(size)]
        number += size
    model.ingest(source(*lines))

    found = model.as_of(1, "species")

    held = {s: sum(1 for species, side in found if species == s and side) for s in sizes}
    assert held == {"Adelie": 120, "Chinstrap": 8, "Gentoo": 60}
    assert None not in {side for _, side in found}


@pytest.mark.parametrize("which", ["model", "keyed"])
def test_merged_labels_share_the_hold_out_of_their_class(
    which: str, request: pytest.FixtureRequest
) -> None:
    model: IngestedModel = request.getfixturevalue(which)
    model.change(rare={"merge": ["Chinstrap", "Gentoo"], "into": "other"})
    labels = ["Adelie"] * 100 + ["Chinstrap", "Gentoo"] * 2
    model.ingest(source(*(line(n, label) for n, label in enumerate(labels))))

    found = model.as_of(1, "species")

    # Of two rows a fifth is none; of four it is one.
    assert [species == "Adelie" for species, side in found if side].count(False) == 1


@pytest.mark.parametrize("which", ["model", "keyed"])
def test_later_batches_meet_the_share_and_move_nothing(
    which: str, request: pytest.FixtureRequest
) -> None:
    model: IngestedModel = request.getfixturevalue(which)
    seen: dict[tuple[float, float], object] = {}

    for size in (150, 151, 157, 400, 401):
        model.ingest(source(*map(line, range(size))))
        now = sides(model)
        assert {bill: now[bill] for bill in seen} == seen
        assert sum(map(bool, now.values())) == round(0.2 * size)
        seen = now


def test_a_doubled_class_moves_nothing(model: IngestedModel) -> None:
    lines = [line(n, SPECIES[n % 3]) for n in range(300)]
    model.ingest(source(*lines))
    before = sides(model)

    model.ingest(source(*lines, *(line(n, "Gentoo") for n in range(300, 400))))

    after = sides(model)
    assert {bill: after[bill] for bill in before} == before
    assert sum(map(bool, after.values())) == 80


@pytest.mark.parametrize("which", ["model", "keyed"])
def test_a_corrected_label_moves_nothing(which: str, request: pytest.FixtureRequest) -> None:
    model: IngestedModel = request.getfixturevalue(which)
    model.ingest(source(*map(line, range(200))))
    before = sides(model)

    model.ingest(source(*(line(n, "Gentoo") for n in range(200))))

    assert sides(model) == before


def test_a_corrected_feature_moves_nothing_where_rows_have_a_key(keyed: IngestedModel) -> None:
    keyed.ingest(source(*map(line, range(200))))
    before = sides(keyed)

    keyed.ingest(source(*(line(n, mass=4000) for n in range(200))))

    assert sides(keyed) == before


@pytest.mark.parametrize("which", ["model", "keyed"])
def test_a_row_that_comes_back_is_where_it_was(which: str, request: pytest.FixtureRequest) -> None:
    model: IngestedModel = request.getfixturevalue(which)
    lines = list(map(line, range(300)))
    model.ingest(source(*lines))
    before = sides(model)
    model.ingest(source(*lines[:100], *map(line, range(300, 500))))

    model.ingest(source(*reversed(lines)))

    assert sides(model) == before


def test_rows_with_equal_features_are_on_one_side(make_model: MakeModel) -> None:
    model = make_model(spec=2)
    lines = [line(n % 150) for n in range(450)]
    model.ingest(source(*lines))

    found = model.as_of(1, *KEY)

    assert len({bill for *bill_, side in found for bill in [tuple(bill_)]}) == 150
    assert len({(*bill, side) for *bill, side in found}) == 150
    assert sum(1 for *_, side in found if side) == 90


def test_a_row_without_a_target_has_no_side_until_it_has_one(keyed: IngestedModel) -> None:
    lines = list(map(line, range(200)))
    first = keyed.ingest(source(*lines[:199], line(199, "NA")))
    sides_then = sides(keyed)

    keyed.ingest(source(*lines))

    assert first.quarantined == 0
    assert list(sides_then.values()).count(None) == 1
    now = sides(keyed)
    assert None not in now.values()
    assert sides(keyed, 1) == sides_then


def test_a_coarse_table_is_divided_by_rows_for_ever(make_model: MakeModel) -> None:
    model = make_model(spec=2)
    coarse = [f"{SPECIES[n % 2]},Dream,39,{17 + n % 6},181,3750,MALE" for n in range(600)]
    model.write(source(*coarse))

    code, events = model.run()
    model.ingest(source(*coarse, *map(line, range(500))))

    assert code == 0
    [told] = [event for event in events if event["event"] == "coarse"]
    assert told["combinations"] == 6
    first = model.as_of(1, "species")
    assert {s: sum(1 for species, side in first if species == s and side) for s in SPECIES[:2]} == {
        "Adelie": 60,
        "Chinstrap": 60,
    }
    second = model.as_of(2, "species")
    assert sum(1 for _, side in second if side) == 220


def by(model: IngestedModel, kind: str, column: str, **more: object) -> None:
    """Divides the model's rows by a column."""
    features = [name for name in model.spec.features if name != column]
    holdout = {"by": kind, "column": column, **more}
    model.change(holdout={**model.spec.holdout.model_dump(mode="json"), **holdout},
                 features=features)  # fmt: skip


def test_a_group_is_on_one_side(make_model: MakeModel) -> None:
    model = make_model(spec=2)
    by(model, "group", "body_mass_g")
    draw = random.Random(7)
    sizes = [draw.choice([1, 2, 3, 5, 8, 40]) for _ in range(60)]
    lines = [line(n, SPECIES[n % 3], 3000 + group) for group, size in enumerate(sizes)
             for n in range(size)]  # fmt: skip

    model.ingest(source(*lines))

    found = model.as_of(1, "body_mass_g", "_identity")
    assert len({group for group, _, _ in found}) == 60
    assert len({(group, bytes(identity), side) for group, identity, side in found}) == 60
    share = sum(1 for *_, side in found if side) / len(found)
    assert abs(share - 0.2) <= max(sizes) / 2 / len(lines)


@pytest.mark.parametrize("seed", range(12))
def test_unequal_groups_fill_the_share(make_model: MakeModel, seed: int) -> None:
    model = make_model(spec=2)
    by(model, "group", "body_mass_g", salt=str(seed))
    sizes = [300, 200, 150, *([10] * 47)]
    lines = [line(n + 300 * (group % 2), SPECIES[n % 3], 3000 + group)
             for group, size in enumerate(sizes) for n in range(size)]  # fmt: skip

    model.ingest(source(*lines))

    found = model.as_of(1, "body_mass_g")
    assert 0.13 <= sum(1 for *_, side in found if side) / len(found) <= 0.27


def test_another_salt_deals_anew_and_the_first_one_finds_its_sides(make_model: MakeModel) -> None:
    model = make_model(spec=2)
    text = source(*map(line, range(300)))
    model.ingest(text)
    first, holdout = sides(model), model.spec.holdout.model_dump(mode="json")

    model.change(holdout={**holdout, "salt": "another"})
    model.ingest(text)
    second = sides(model)
    model.change(holdout=holdout)
    model.ingest(text)

    assert sum(map(bool, second.values())) == sum(map(bool, first.values())) == 60
    assert second != first == sides(model)


Change = Callable[[list[int], random.Random], list[int]]
HISTORIES = st.lists(
    st.tuples(
        st.lists(st.integers(0, 60), min_size=1, max_size=60),
        st.integers(0, 3),
        st.integers(0, 2**16),
    ),
    min_size=2,
    max_size=5,
)


@pytest.mark.parametrize("key", [(), KEY])
@given(history=HISTORIES)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_history_of_batches_moves_an_identity(
    make_model: MakeModel,
    key: tuple[str, ...],
    history: list[tuple[list[int], int, int]],
) -> None:
    model = make_model(spec=2, key=key, holdout=Holdout(fraction=0.3))
    base = list(range(100, 220))
    model.ingest(source(*map(line, base)))
    known: dict[object, object] = dict(sides(model).items())
    pinned = [(1, model.as_of(1))]

    for numbers, turn, seed in some(history):
        draw = random.Random(seed)
        # Some rows go, some come back, labels and features change, and the order is another one.
        kept = [n for n in (*base, *numbers) if draw.random() > 0.2]
        draw.shuffle(kept)
        lines = [line(n, SPECIES[(n + turn * draw.randrange(2)) % 3]) for n in kept]
        batch = model.ingest(source(*lines))
        for bill, side in some(sides(model).items()):
            assert known.setdefault(bill, side) == side
        assert side is not None
        for watermark, rows in some(pinned):
            assert model.as_of(watermark) == rows
        pinned.append((batch.batch, model.as_of(batch.batch)))
        model.assert_accounted()
