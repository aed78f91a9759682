import json
import re

import numpy as np
import pandas as pd
import pytest
from tests.some import some

from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.holdout import Holdout
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_trainer.data.holdout import held_out, holdout_findings
from rookery_trainer.data.rows import Rows, row_keys


def rows(count: int = 1000) -> pd.DataFrame:
    generator = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "mass": generator.normal(size=count).astype(np.float32),
            "island": generator.choice(["Biscoe", "Dream"], count),
        }
    )


def labelled(counts: list[int], combinations: int = 300) -> Rows:
    labels = np.repeat(range(len(counts)), counts)
    masses = (np.arange(len(labels)) % combinations).astype(np.float32)
    keys = row_keys(f"{number:09}".encode() for number in range(len(labels)))
    return Rows(pd.DataFrame({"mass": masses}), labels, keys)


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

    found = holdout_findings(spec, labelled(training), labelled(held))

    assert any(re.search(said, finding) for finding in found)
    assert all("holdout.fraction" in finding for finding in some(found))


def test_enough_rows_of_each_class_pass() -> None:
    spec = load_catalog()["species"]

    assert holdout_findings(spec, labelled([5, 5, 5]), labelled([5, 5, 5])) == []


@pytest.mark.parametrize(
    ("training", "held"), [([300, 300, 291], [0, 0, 0]), ([0, 0, 0], [300, 300, 291])]
)
def test_few_combinations_of_features_are_the_reason_and_not_few_rows(
    training: list[int], held: list[int]
) -> None:
    spec = load_catalog()["species"]

    said = holdout_findings(spec, labelled(training, 6), labelled(held, 6))[0]

    assert "the 891 rows have only 6 different combinations of features" in said
    assert "add a feature" in said
    assert "ingest more rows" not in said


def second_version(by: str = "hash", labels: tuple[str, ...] = ("a", "b", "c")) -> ModelSpec:
    return parse_spec(
        json.dumps(
            {
                "spec": 2,
                "name": "m",
                "source": {"url": "file:m.csv"},
                "columns": [
                    {"name": "mass", "kind": "number"},
                    {"name": "day", "kind": "datetime"},
                    {"name": "label", "kind": "category", "values": list(labels)},
                ],
                "target": "label",
                "features": ["mass"],
                "estimator": "random_forest",
                "holdout": {"by": by, **({} if by == "hash" else {"column": "day"})},
            }
        ),
        "m",
    )


def test_a_rare_class_is_refused_with_the_keys_that_help() -> None:
    spec = second_version()

    hold, train = holdout_findings(spec, labelled([90, 80, 4]), labelled([20, 20, 1]))

    assert "1 of 'c', at least 5" in hold
    assert "4 of 'c', at least 5" in train
    for said in some((hold, train)):
        assert "rare: {drop: ['c']}" in said
        assert "rare: {merge: ['c'], into: LABEL}" in said
        assert "salt" not in said


def test_rare_is_not_offered_where_it_would_leave_one_class() -> None:
    said = holdout_findings(
        second_version(labels=("a", "b")), labelled([90, 80]), labelled([20, 1])
    )[0]

    assert "rare" not in said
    assert "ingest more rows, raise holdout.fraction" in said


@pytest.mark.parametrize(("by", "more"), [("group", "of other groups"), ("time", "of a longer")])
def test_more_rows_have_to_be_of_other_groups_or_times(by: str, more: str) -> None:
    said = holdout_findings(second_version(by), labelled([90, 80, 9]), labelled([20, 20, 1]))[0]

    assert f"ingest more rows {more}" in said
