import numpy as np
import pandas as pd
import pytest

from rookery_core.errors import Refused
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.holdout import Holdout
from rookery_trainer.data.holdout import check_holdout, held_out


def rows(count: int = 1000) -> pd.DataFrame:
    generator = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "mass": generator.normal(size=count).astype(np.float32),
            "island": generator.choice(["Biscoe", "Dream"], count),
        }
    )


def test_about_the_stated_share_is_held_out() -> None:
    held = held_out(rows(), Holdout(fraction=0.2, salt="a"))

    assert 150 < held.sum() < 250


def test_the_side_of_a_row_depends_on_its_features_alone() -> None:
    frame = rows()
    shuffled = frame.sample(frac=1, random_state=3)
    grown = pd.concat([frame, rows(10)], ignore_index=True)

    held = held_out(frame, Holdout(salt="a"))

    assert (held_out(shuffled, Holdout(salt="a")) == held[shuffled.index]).all()
    assert (held_out(grown, Holdout(salt="a"))[:1000] == held).all()


def test_copies_of_a_row_fall_on_its_side() -> None:
    frame = rows(200)
    doubled = pd.concat([frame, frame], ignore_index=True)

    held = held_out(doubled, Holdout(salt="a"))

    assert (held[:200] == held[200:]).all()


def test_rows_that_look_alike_to_the_model_fall_on_one_side() -> None:
    alike = pd.DataFrame({"mass": np.array([0.0, -0.0, np.nan, -np.nan], dtype=np.float32)})
    salts = [Holdout(fraction=0.5, salt=str(number)) for number in range(40)]

    sides = np.array([held_out(alike, holdout) for holdout in salts])

    assert (sides[:, 0] == sides[:, 1]).all()
    assert (sides[:, 2] == sides[:, 3]).all()
    assert (sides[:, 0] != sides[:, 2]).any()


def test_another_salt_holds_out_other_rows() -> None:
    one, other = (held_out(rows(), Holdout(salt=salt)) for salt in ("a", "b"))

    assert (one != other).any()


@pytest.mark.parametrize(
    ("training", "held", "said"),
    [
        ([20, 20, 20], [5, 4, 5], "hold-out rows.*4 of 'Chinstrap', at least 5"),
        ([20, 20, 4], [5, 5, 5], "training rows.*4 of 'Gentoo', at least 5"),
        ([20, 20, 0], [5, 5, 0], "0 of 'Gentoo'"),
    ],
)
def test_a_class_with_too_few_rows_is_refused_with_the_remedy(
    training: list[int], held: list[int], said: str
) -> None:
    spec = load_catalog()["species"]

    with pytest.raises(Refused, match=said):
        check_holdout(spec, np.repeat(range(3), training), np.repeat(range(3), held), 300)


def test_enough_rows_of_each_class_pass() -> None:
    spec = load_catalog()["species"]

    check_holdout(spec, np.repeat(range(3), 5), np.repeat(range(3), 5), 300)


@pytest.mark.parametrize(
    ("training", "held"), [([300, 300, 291], [0, 0, 0]), ([0, 0, 0], [300, 300, 291])]
)
def test_few_combinations_of_features_are_the_reason_and_not_few_rows(
    training: list[int], held: list[int]
) -> None:
    spec = load_catalog()["species"]

    with pytest.raises(Refused) as refusal:
        check_holdout(spec, np.repeat(range(3), training), np.repeat(range(3), held), 6)

    said = str(refusal.value)
    assert "the 891 rows have only 6 different combinations of features" in said
    assert "add a feature" in said
    assert "ingest more rows" not in said
